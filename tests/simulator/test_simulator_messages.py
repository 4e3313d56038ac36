"""Buyers' messages put from outside: the seller finds them in its box."""

import pytest
from simulator_support import BUYER, SELLER


def test_a_customers_answer(sim, client):
    index = client.send()
    sim.finish()
    record = sim.put_buyer_message(index, 'Cantitatea <nu> "corespunde"')
    sim.finish()
    assert (record.standard, record.cif, record.seller_cif) == ("RASP", BUYER, SELLER)
    assert b"&lt;nu&gt; &quot;corespunde&quot;" in record.xml
    listed = client.get("listaMesajeFactura", zile=1, cif=SELLER, filtru="R").json()["mesaje"]
    assert [item["tip"] for item in listed] == ["MESAJ CUMPARATOR PRIMIT"]
    with pytest.raises(KeyError):
        sim.put_buyer_message("1", "text")

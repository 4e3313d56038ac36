"""The ZIP and its seal, verified here by an independent reading of the bytes."""

import base64
import hashlib
import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from lxml import etree
from simulator_support import BUYER, SELLER, attribute, invoice

from anaf_simulator import seal

DSIG = "{http://www.w3.org/2000/09/xmldsig#}"


def fetch(sim, client, environment, data=None):
    """(index, document, seal) of an upload's package."""
    index = client.send(data, environment)
    sim.finish()
    number = attribute(client.get("stareMesaj", environment, id_incarcare=index).text, "id_descarcare")
    answer = client.get("descarcare", environment, id=number)
    assert answer.headers["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert sorted(archive.namelist()) == [f"{index}.xml", f"semnatura_{index}.xml"]
    assert all(item.compress_type == zipfile.ZIP_DEFLATED and item.flag_bits & 8 for item in archive.infolist())
    return index, archive.read(f"{index}.xml"), archive.read(f"semnatura_{index}.xml")


def leaf(seal: bytes):
    text = re.search(rb"<X509Certificate>(.*)</X509Certificate>", seal, re.DOTALL).group(1)
    return x509.load_der_x509_certificate(base64.b64decode(text.replace(b"&#13;", b"")))


def check_signature(seal: bytes, info: bytes, algorithm):
    """RSA over SignedInfo, given as its canonical bytes; raises InvalidSignature."""
    value = re.search(rb"<SignatureValue>(.*)</SignatureValue>", seal, re.DOTALL).group(1).replace(b"&#13;", b"")
    leaf(seal).public_key().verify(base64.b64decode(value), info, padding.PKCS1v15(), algorithm)


def canonical(seal: bytes) -> bytes:
    """SignedInfo by the text recipe: own namespace, no empty-element tags."""
    text = re.search(rb"<SignedInfo>.*</SignedInfo>", seal, re.DOTALL).group()
    text = text.replace(b"<SignedInfo>", b'<SignedInfo xmlns="http://www.w3.org/2000/09/xmldsig#">')
    return re.sub(rb"<(\w+)( [^<>]*)/>", rb"<\1\2></\1>", text)


def digest(seal: bytes) -> bytes:
    return base64.b64decode(re.search(rb"<DigestValue>(.*)</DigestValue>", seal).group(1))


def test_detached_seal(sim, client):
    data = invoice().replace(b"\n", b"\r\n")  # raw bytes count, line ends too
    _index, document, seal = fetch(sim, client, "prod", data)
    assert document == data
    assert seal.startswith(b'<?xml version="1.0" encoding="UTF-8" standalone="no"?><Signature xmlns=')
    assert b"><" in seal and b"> <" not in seal and b">\n<" not in seal
    assert digest(seal) == hashlib.sha256(data).digest()
    check_signature(seal, canonical(seal), hashes.SHA1())
    lines = re.search(rb"<SignatureValue>(.*?)</SignatureValue>", seal, re.DOTALL).group(1).split(b"\n")
    assert all(len(line) == 76 + 5 and line.endswith(b"&#13;") for line in lines[:-1])
    subject = b"CN=Ministerul Finantelor,2.5.4.97=#0c083235383836313038,O=Ministerul Finantelor,C=RO"
    assert b"<X509SubjectName>" + subject + b"</X509SubjectName>" in seal
    authority = x509.load_pem_x509_certificate(sim.ca_pem.encode())
    leaf(seal).verify_directly_issued_by(authority)


def test_enveloped_seal_as_test_writes_it(sim, client):
    _index, document, seal = fetch(sim, client, "test")
    assert document == invoice()
    root = etree.fromstring(seal)
    signature = root[-1]
    assert signature.tag == DSIG + "Signature" and signature.tail == "\n"
    root.remove(signature)
    assert digest(seal) == hashlib.sha256(etree.tostring(root, method="c14n")).digest()
    with pytest.raises(InvalidSignature):  # line breaks were added after signing
        check_signature(seal, canonical(seal), hashes.SHA256())
    check_signature(seal, re.sub(rb">\s+<", b"><", canonical(seal)), hashes.SHA256())
    assert leaf(seal).subject == leaf(seal).issuer


def test_enveloped_strict_passes_a_stock_validator(sim, client):
    sim.settings.seal_prod = "enveloped_strict"
    _index, _document, seal = fetch(sim, client, "prod")
    check_signature(seal, canonical(seal), hashes.SHA256())


def test_nok_package_holds_the_error_list(sim, client):
    index, document, seal = fetch(sim, client, "prod", invoice().replace(b">F-1<", b">F<").replace(b"RO-CJ", b"CJ"))
    root = etree.fromstring(document)
    assert root.tag == "{mfp:anaf:dgti:efactura:mesajEroriFactuta:v1}header"
    assert dict(root.attrib) == {"Index_incarcare": index, "Cif_emitent": SELLER}
    texts = [node.get("errorMessage") for node in root]
    assert [text[:12] for text in texts] == ["[BR-RO-010]-", "[BR-RO-110]-"] and b" &#xA;&#x9;&#x9;#" in document
    assert digest(seal) == hashlib.sha256(document).digest()
    (entry,) = client.get("listaMesajeFactura", zile=1, cif=SELLER, filtru="E").json()["mesaje"]
    assert entry["tip"] == "ERORI FACTURA"
    assert entry["detalii"] == f"Erori de validare identificate la factura primita cu id_incarcare={index}"
    assert "eroare" in client.get("listaMesajeFactura", zile=1, cif=BUYER).json()  # not delivered


def test_damaged_seal(sim, client):
    sim.fault("bad_seal", "download")
    _index, document, seal = fetch(sim, client, "prod")
    assert digest(seal) != hashlib.sha256(document).digest()


def test_the_same_package_every_time(sim, client):
    number = sim.generate_supplier_invoices(BUYER, 1)[0].download_id
    assert client.get("descarcare", id=number).content == client.get("descarcare", id=number).content


def test_signature_service(sim, client):
    _index, document, seal = fetch(sim, client, "prod")
    url = sim.url + "/api/validate/signature"

    def ask(first, second):
        return client.session.post(url, files={"file": first, "signature": second}, timeout=20).json()["msg"]

    assert ask(document, seal).startswith("Fișierele încărcate au fost validate cu succes, ")
    assert ask(document + b" ", seal).startswith("Fișierele încărcate NU au putut fi validate cu succes, ")
    _index, document, seal = fetch(sim, client, "test")
    assert ask(document, seal).startswith("Fișierele încărcate au fost")
    assert ask(document.replace(b"F-1", b"F-2"), seal).startswith("Fișierele încărcate NU")


def test_validare_and_transformare(sim, client):
    def post(path, data=None, environment="prod"):
        return client.session.post(
            f"{sim.url}/{environment}/FCTEL/rest/{path}",
            headers={"Authorization": None},
            data=invoice() if data is None else data,
            timeout=20,
        )

    assert post("validare/FACT1").json()["stare"] == "ok"
    bad = post("validare/FACT1", invoice().replace(f"RO{SELLER}".encode(), b"RO900000019")).json()
    assert bad["stare"] == "nok"
    assert [item["message"] for item in bad["Messages"]] == [
        "tipAssert=E; codEroare=ERRIdentif; textEroare=CUI vanzator incorect"
    ]
    assert "cvc-elt.1.a" in post("validare/FCN").json()["Messages"][0]["message"]
    assert post("validare/UBL").json()["Messages"][0]["message"] == (
        "Valorile acceptate pentru parametrul standard sunt FACT1 si FCN"
    )
    missing = post("validare/FACT1", environment="test")
    assert missing.status_code == 404 and missing.json()["path"] == "/FCTEL/rest/validare/FACT1"
    assert post("transformare/FACT1").content.startswith(b"%PDF-")
    broken = invoice().replace(b"RO-CJ", b"CJ")
    assert post("transformare/FACT1", broken).json()["stare"] == "nok"
    assert post("transformare/FACT1/DA", broken).content.startswith(b"%PDF-")
    suspicious = invoice().replace("Cărămidă".encode(), b"a;rm b")
    assert "Request Rejected" in post("transformare/FACT1/DA", suspicious).text


def test_the_first_packages_at_once_have_one_key():
    """Eight threads ask for a key nobody has made yet."""
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(seal.key, ["made at once"] * 8))
    assert len(keys) == 1

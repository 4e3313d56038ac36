"""./dev/demo --check: the main job over Odoo's public interface, as an accountant's browser would do it."""

import base64
import hashlib
import io
import json
import os
import time
import urllib.request
import xml.etree.ElementTree as ElementTree
import zipfile

from . import databases, demo, odoo, processes

LIMIT = 120  # seconds for one step


class CheckFailed(Exception):
    """A step did not end as it should; the text says how it ended."""


class Session:
    """Calls of one logged-in user (the password is the login), over the same routes as the web client's."""

    def __init__(self, url, database, login):
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        self.ask("/web/session/authenticate", db=database, login=login, password=login)

    def ask(self, path, **params):
        request = urllib.request.Request(
            self.url + path,
            json.dumps({"jsonrpc": "2.0", "params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        with self.opener.open(request, timeout=LIMIT) as answer:
            answer = json.load(answer)
        if "error" in answer:
            raise CheckFailed(answer["error"]["data"].get("message") or answer["error"])
        return answer.get("result")

    def get(self, path):
        with self.opener.open(self.url + path, timeout=LIMIT) as answer:
            return answer.read()

    def __call__(self, model, method, *arguments, **options):
        return self.ask("/web/dataset/call_kw", model=model, method=method, args=arguments, kwargs=options)

    def read(self, model, record_id, *names):
        return self(model, "read", [record_id], list(names))[0]


def step(text):
    print(f"  {text}", flush=True)


def until(wanted, look, what):
    """Call `look` until `wanted` of its answer; returns the answer."""
    limit = time.monotonic() + LIMIT
    while True:
        answer = look()
        if wanted(answer):
            return answer
        if time.monotonic() > limit:
            raise CheckFailed(f"{what}: after {LIMIT} seconds it is {answer}")
        time.sleep(0.3)


def send_to_ok(call, anaf):
    """Send a posted invoice and wait for ok; returns its id and the submission's values."""
    (move,) = call(
        "account.move",
        "search",
        [("move_type", "=", "out_invoice"), ("state", "=", "posted")],
        order="invoice_date, id",
        limit=1,
    )
    name = call.read("account.move", move, "name")["name"]
    started = time.monotonic()
    call("account.move", "action_l10n_ro_efactura_send", [move])
    step(f"{name} queued ({time.monotonic() - started:.2f} s for the click)")
    found = until(
        lambda values: values["l10n_ro_efactura_state"] in ("ok", "nok", "refused", "uncertain"),
        lambda: call.read(
            "account.move",
            move,
            "l10n_ro_efactura_state",
            "l10n_ro_efactura_upload_index",
            "l10n_ro_efactura_download_id",
        ),
        name,
    )
    if found["l10n_ro_efactura_state"] != "ok":
        errors = call("l10n_ro_efactura.submission", "search_read", [("move_id", "=", move)], ["errors"])
        raise CheckFailed(f"{name} is {found['l10n_ro_efactura_state']}: {errors}")
    step(
        f"{name} is ok at ANAF: upload index {found['l10n_ro_efactura_upload_index']}, "
        f"download id {found['l10n_ro_efactura_download_id']}"
    )
    uploads = demo.control(anaf, "calls")["uploads_per_invoice"]
    if [upload["uploads"] for upload in uploads] != [1]:
        raise CheckFailed(f"sent more than once: {uploads}")
    step("ANAF received it exactly once")
    return move, found


def archive(call, found):
    """Wait until the package of the sent invoice is archived; it must be a ZIP with the sealed document."""
    message = until(
        lambda values: values and values[0]["archive_state"] == "archived",
        lambda: call(
            "l10n_ro_efactura.message",
            "search_read",
            [("anaf_id", "=", found["l10n_ro_efactura_download_id"]), ("environment", "=", "prod")],
            ["archive_state", "seal_state", "kind", "sha256"],
        ),
        "the package",
    )[0]
    package = base64.b64decode(
        call("l10n_ro_efactura.message", "read", [message["id"]], ["package"], context={"bin_size": False})[0][
            "package"
        ]
    )
    names = zipfile.ZipFile(io.BytesIO(package)).namelist()
    if hashlib.sha256(package).hexdigest() != message["sha256"]:
        raise CheckFailed("the archived package is not what was hashed on arrival")
    if message["seal_state"] != "valid":
        raise CheckFailed(f"the seal of the package is {message['seal_state']}")
    step(f"its package is archived: {', '.join(names)} ({len(package)} bytes, seal {message['seal_state']})")


def receive(call, anaf):
    """A supplier's invoice appears in SPV; refresh, wait for its package, import it as a bill and post it."""
    [download_id] = demo.control(anaf, "supplier-invoices", buyer_cif=demo.CIF, count=1, days=1)["download_ids"]
    refresh = call("l10n_ro_efactura.refresh", "create", {"period": "all"})
    call("l10n_ro_efactura.refresh", "action_refresh", [refresh])
    message = until(
        lambda values: values and values[0]["archive_state"] == "archived",
        lambda: call(
            "l10n_ro_efactura.message",
            "search_read",
            [("anaf_id", "=", download_id), ("environment", "=", "prod")],
            ["archive_state", "seal_state", "number"],
        ),
        "the supplier's package",
    )[0]
    step(f"SPV refreshed: the supplier's invoice {message['number']} is there, archived, seal {message['seal_state']}")
    root = ElementTree.fromstring(call.get(f"/l10n_ro_efactura/package/{message['id']}/xml"))
    total = root.findtext(".//{*}TaxInclusiveAmount")
    page = call("l10n_ro_efactura.message", "action_import", [message["id"]])["res_id"]
    answered = _answer_yellow_cells(call, page)
    call("l10n_ro_efactura.import", "action_import_post", [page])
    move = call.read("l10n_ro_efactura.import", page, "move_id")["move_id"]
    bill = call.read("account.move", move[0], "name", "state", "amount_total", "partner_id", "ref")
    if bill["state"] != "posted" or f"{bill['amount_total']:.2f}" != f"{abs(float(total)):.2f}":
        raise CheckFailed(f"the XML's total is {total}, the bill is {bill}")
    paired = call.read("l10n_ro_efactura.message", message["id"], "move_id", "pairing_reason")
    if paired["move_id"][0] != move[0]:
        raise CheckFailed(f"the package is paired with {paired['move_id']}, not with the bill {move}")
    step(
        f"imported as {bill['name']} of {bill['partner_id'][1]}, {total} as in the XML, {answered} yellow cells "
        f"filled in; paired: {paired['pairing_reason']}"
    )


def _answer_yellow_cells(call, page):
    """Fill in, on the page of an import, what nothing is known about, as an accountant would; how many cells."""
    lines = call(
        "l10n_ro_efactura.import.line",
        "search_read",
        [("import_id", "=", page)],
        ["account_source", "taxes_source", "uom_source", "rate"],
    )
    [account] = call("account.account", "search", [("code", "=like", "604%")], limit=1)
    [unit] = call("uom.uom", "search", [], order="id", limit=1)
    answered = 0
    for line in lines:
        [tax] = call(
            "account.tax", "search", [("type_tax_use", "=", "purchase"), ("amount", "=", line["rate"])], limit=1
        ) or [False]
        answers = {
            "account": {"account_id": account},
            "uom": {"product_uom_id": unit},
            "taxes": {"tax_ids": [(6, 0, [tax])]},
        }
        for cell, values in answers.items():
            if line[f"{cell}_source"] == "none":
                call("l10n_ro_efactura.import.line", "write", [line["id"]], values)
                answered += 1
    return answered


def main():
    database = f"test_{os.getpid()}_check"
    started = time.monotonic()
    print("Checking the main job:", flush=True)
    try:
        with demo.simulator(0, "--processing-delay", "1") as anaf:
            step(f"ANAF is simulated at {anaf}")
            demo.build(database, anaf)
            step(f"the demo company is made and {demo.connect(database, anaf)['state']}")
            port = processes.free_port()
            log = demo.LOG / f"{database}.log"
            with (
                open(log, "w") as output,
                odoo.server(
                    database, port, "--max-cron-threads=2", log=output, extra_environment=demo.endpoints(anaf)
                ) as server,
            ):
                if not processes.wait_for_port(port, server):
                    demo.start_failed(log)
                call = Session(f"http://127.0.0.1:{port}", database, "maria")
                step(f"Odoo runs at http://127.0.0.1:{port}")
                _move, found = send_to_ok(call, anaf)
                archive(call, found)
                receive(call, anaf)
    except (CheckFailed, OSError) as error:
        step(f"FAILED: {error}")
        return 1
    else:
        log.unlink()
    finally:
        databases.drop(database)
        (demo.DATA_DIR / f"{database}.source").unlink(missing_ok=True)
    print(f"All of it works ({time.monotonic() - started:.0f} s).")
    return 0

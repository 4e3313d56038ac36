"""`python -m anaf_simulator`: start on loopback, say where, run until interrupted."""

from __future__ import annotations

import argparse
import signal
import threading

from . import CLIENT_ID, CLIENT_SECRET, Simulator


def main() -> None:
    parser = argparse.ArgumentParser(prog="anaf_simulator", description="ANAF RO e-Factura on 127.0.0.1")
    parser.add_argument("--port", type=int, default=8099, help="0 takes a free one (default 8099)")
    parser.add_argument("--processing-delay", type=float, default=2.0, metavar="S", help="seconds in prelucrare")
    parser.add_argument("--list-lag", type=float, default=0.0, metavar="S", help="seconds from processed to listed")
    parser.add_argument("--latency", type=float, default=0.0, metavar="S", help="seconds added to every call")
    parser.add_argument("--certificate", default="demo", help="name of the first certificate")
    parser.add_argument("--cif", default="*", help="its CIFs, comma separated (default: * = every CIF)")
    parser.add_argument("--client-id", default=CLIENT_ID)
    parser.add_argument("--client-secret", default=CLIENT_SECRET)
    parser.add_argument(
        "--redirect-uri",
        action="append",
        default=[],
        help="allowed callback, may be repeated; without one every callback is accepted",
    )
    parser.add_argument(
        "--trust-any-token",
        action="store_true",
        help="accept tokens of an earlier run (their certificate must exist)",
    )
    parser.add_argument("--supplier-cif", help="company that receives supplier invoices")
    parser.add_argument("--supplier-files", action="append", default=[], metavar="PATH", help="XML file or folder")
    parser.add_argument("--supplier-invoices", type=int, default=0, metavar="N", help="generate N invoices")
    parser.add_argument("--quiet", action="store_true", help="do not print the URL")
    options = parser.parse_args()
    if (options.supplier_files or options.supplier_invoices) and not options.supplier_cif:
        parser.error("--supplier-cif is needed for supplier invoices")

    sim = Simulator(
        options.port,
        processing_delay=options.processing_delay,
        list_lag=options.list_lag,
        latency=options.latency,
        any_redirect=not options.redirect_uri,
        trust_any_token=options.trust_any_token,
    )
    sim.add_client(options.client_id, options.client_secret, options.redirect_uri)
    sim.add_certificate(options.certificate, [cif.strip() for cif in options.cif.split(",") if cif.strip()])
    if options.supplier_files:
        sim.put_supplier_files(options.supplier_cif, options.supplier_files)
    if options.supplier_invoices:
        sim.generate_supplier_invoices(options.supplier_cif, options.supplier_invoices)

    done = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: done.set())
    with sim:
        if not options.quiet:
            print(f"ANAF simulator ready at {sim.url}", flush=True)
        done.wait()


if __name__ == "__main__":
    main()

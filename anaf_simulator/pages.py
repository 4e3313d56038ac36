"""The three HTML pages a person sees: present your certificate, a message, what the simulator holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

# Title, head, rows.
Section = tuple[str, Sequence[object], Sequence[Sequence[object]]]

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d2733;
background:#f6f7f9}
h1{font-size:1.4rem}h2{font-size:1.05rem;margin-top:1.8rem}.card{background:#fff;border:1px solid #dde2e8;
border-radius:8px;padding:1rem 1.3rem;margin:1rem 0}a.button{display:block;padding:.7rem 1rem;margin:.5rem 0;
border:1px solid #1a5fb4;border-radius:6px;text-decoration:none;color:#1a5fb4;background:#fff}
a.none{border-color:#a51d2d;color:#a51d2d}table{border-collapse:collapse;width:100%;background:#fff}
td,th{padding:.3rem .6rem;border-bottom:1px solid #e5e8ec;text-align:left;font-variant-numeric:tabular-nums}
small{color:#5c6773}"""


def _page(title: str, body: str, refresh: int = 0) -> str:
    meta = f'<meta http-equiv="refresh" content="{refresh}">' if refresh else ""
    return (
        f'<!DOCTYPE html><html lang="ro"><head><meta charset="utf-8">{meta}<title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>"
    )


def message(title: str, text: str) -> str:
    """Write a page of one message."""
    return _page(title, f'<div class="card">{escape(text)}</div>')


def certificates(client_id: str, choices: Iterable[tuple[str, str, str]], none_url: str) -> str:
    """Write the page that stands for the USB token.

    `choices`: (name, CIFs, URL) of each certificate that may be presented.
    """
    buttons = "".join(
        f'<a class="button" href="{escape(url)}"><b>{escape(name)}</b><br><small>CIF: {escape(cifs) or "niciunul"}'
        "</small></a>"
        for name, cifs, url in choices
    )
    return _page(
        "Prezentați certificatul",
        (
            f'<div class="card">Aplicația <b>{escape(client_id)}</b> cere acces. Pagina ține locul tokenului USB: '
            f"alegeți certificatul cu care vă autentificați.{buttons}"
            f'<a class="button none" href="{escape(none_url)}">Fără certificat (acces refuzat)</a></div>'
            "<small>Simulator ANAF, doar pe acest calculator.</small>"
        ),
    )


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    cells = "".join(f"<th>{escape(str(item))}</th>" for item in head)
    lines = "".join("<tr>" + "".join(f"<td>{escape(str(item))}</td>" for item in row) + "</tr>" for row in rows)
    return f"<table><tr>{cells}</tr>{lines}</table>"


def overview(summary: str, sections: Iterable[Section]) -> str:
    """Write the page of what the simulator holds.

    `sections`: (title, head, rows).
    """
    body = "".join(
        f"<h2>{escape(title)}</h2>" + (table(head, rows) if rows else "<p>–</p>") for title, head, rows in sections
    )
    return _page("Simulator ANAF", f'<div class="card">{escape(summary)}</div>{body}', refresh=3)

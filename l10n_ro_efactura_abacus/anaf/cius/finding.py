"""What the checker says."""

from dataclasses import dataclass, field

FATAL, WARNING = "fatal", "warning"


@dataclass(frozen=True)
class Finding:
    """One broken rule at one place.

    :ivar rule: id as ANAF's artefacts write it (``BR-RO-L0501``); ``XSD`` for structure and types, ``XML`` before that
    :ivar severity: ``fatal`` (ANAF refuses the document) or ``warning``
    :ivar bt: business term or group (``BT-37``), ``""`` where there is none
    :ivar node: place in the document, ``/Invoice/cac:InvoiceLine[2]/cbc:ID``
    :ivar source_line: line of the file (from 1), None when unknown
    :ivar text_ro, text_en: one plain sentence, what is wrong with which value
    :ivar odoo: ``(model, field)`` to open in Odoo, None where the program and not the user decides
    :ivar place: whose field it is: seller, buyer, agent, payee, delivery, line, document
    :ivar line: number of the invoice line (from 1) it belongs to, None outside the lines
    """

    rule: str
    severity: str
    bt: str
    node: str
    text_ro: str
    text_en: str
    source_line: int | None = None
    odoo: tuple[str, str] | None = None
    place: str = "document"
    line: int | None = None


@dataclass(frozen=True)
class Report:
    """:ivar findings: in the order of the checks; no fatal one means that ANAF's artefacts accept the document."""

    findings: list[Finding] = field(default_factory=list)

    @property
    def fatal(self) -> list[Finding]:
        """List the findings for which ANAF refuses the document."""
        return [finding for finding in self.findings if finding.severity == FATAL]

    @property
    def warnings(self) -> list[Finding]:
        """List the findings that ANAF accepts."""
        return [finding for finding in self.findings if finding.severity == WARNING]

    @property
    def verdict(self) -> str:
        """Return ``pass`` or ``fail``."""
        return "fail" if self.fatal else "pass"

"""Lines, their allowances and charges, those of the document, items and prices."""

from ..xml import to_decimal
from .model import Document, Node, Say, Tax, is_vat


def check(doc: Document, say: Say) -> None:
    for line in doc.lines:
        _line(line, say)
    for node, charge, taxes in doc.allowances:
        if charge is not None:
            _allowance(doc, node, charge, taxes, say)
    for node in doc.every("cbc:PriceAmount"):
        value = to_decimal(node.text)
        if value is not None and value < 0:
            say("BR-27", node, value=node.text)
    for node in doc.every("cac:AdditionalItemProperty"):
        if not node.all("cbc:Name") or not node.all("cbc:Value"):
            say("BR-54", node)


def _line(line: Node, say: Say) -> None:
    item = line.first("cac:Item")
    if not line.filled("cbc:ID"):
        say("BR-21", line)
    quantities = line.all("cbc:InvoicedQuantity") or line.all("cbc:CreditedQuantity")
    if not quantities:
        say("BR-22", line)
        say("BR-23", line)
    elif not any("unitCode" in node.attrs for node in quantities):
        say("BR-23", quantities[0])
    if not line.all("cbc:LineExtensionAmount"):
        say("BR-24", line)
    if not line.filled("cac:Item", "cbc:Name"):
        say("BR-25", item or line)
    if not line.all("cac:Price", "cbc:PriceAmount"):
        say("BR-26", line)
    gross = line.all("cac:Price", "cac:AllowanceCharge", "cbc:BaseAmount")
    if gross:
        value = line.amount("cac:Price", "cac:AllowanceCharge", "cbc:BaseAmount")
        if value is not None and value < 0:
            say("BR-28", gross[0], value=gross[0].text)
    categories = line.all("cac:Item", "cac:ClassifiedTaxCategory")
    if not any(is_vat(node) and node.all("cbc:ID") for node in categories):
        say("BR-CO-04", item or line)
    if len(categories) != 1:
        say("UBL-SR-48", categories[1] if categories else item or line, count=len(categories), limit=1)
    for node in line.all("cac:Item", "cac:StandardItemIdentification", "cbc:ID"):
        if "schemeID" not in node.attrs:
            say("BR-64", node)
    for node in line.all("cac:Item", "cac:CommodityClassification", "cbc:ItemClassificationCode"):
        if "listID" not in node.attrs:
            say("BR-65", node)


def _allowance(doc: Document, node: Node, charge: bool | None, taxes: list[Tax], say: Say) -> None:
    if node.parent is doc.root:
        amount, category, reason, also = (
            ("BR-36", "BR-37", "BR-38", "BR-CO-22") if charge else ("BR-31", "BR-32", "BR-33", "BR-CO-21")
        )
        if not any(tax.vat and tax.node.all("cbc:ID") for tax in taxes):
            say(category, node)
    elif node.parent.name in ("cac:InvoiceLine", "cac:CreditNoteLine"):
        amount, reason, also = ("BR-43", "BR-44", "BR-CO-24") if charge else ("BR-41", "BR-42", "BR-CO-23")
    else:
        return
    if not node.all("cbc:Amount"):
        say(amount, node)
    if not node.all("cbc:AllowanceChargeReason") and not node.all("cbc:AllowanceChargeReasonCode"):
        say(reason, node)
        say(also, node)

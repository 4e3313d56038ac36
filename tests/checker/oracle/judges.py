"""The outside judge: ANAF's compiled artefact run by Saxon, and the official UBL schemas. Paths come from outside.

CIUS_RO_XSLT   EN16931-CIUS_RO-UBL-validation.xslt of ro16931-ubl-1.0.9
UBL_XSD        folder ``maindoc`` of the UBL 2.1 schemas (optional)
"""

import os
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

SVRL = "{http://purl.oclc.org/dsdl/svrl}"


@dataclass
class Verdict:
    """:ivar valid: by the UBL schemas (None: not asked), :ivar aborted: the engine's error, else ''"""

    valid: bool | None
    fatal: set
    warnings: set
    aborted: str = ""

    @property
    def passes(self):
        return self.valid is not False and not self.aborted and not self.fatal


class Official:
    def __init__(self):
        import saxonche

        self._saxon = saxonche.PySaxonProcessor(license=False)
        self._sheet = self._saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=os.environ["CIUS_RO_XSLT"])
        self._schemas = {}
        if folder := os.environ.get("UBL_XSD"):
            for kind in ("Invoice", "CreditNote"):
                self._schemas[kind] = etree.XMLSchema(etree.parse(Path(folder) / f"UBL-{kind}-2.1.xsd"))

    def judge(self, xml):
        root = etree.fromstring(xml)
        schema = self._schemas.get(etree.QName(root).localname)
        valid = schema.validate(root) if schema else None
        try:
            node = self._saxon.parse_xml(xml_text=etree.tostring(root, encoding="unicode"))
            report = self._sheet.transform_to_string(xdm_node=node)
        except Exception as error:  # a Saxon error has no class of its own
            return Verdict(valid, set(), set(), str(error))
        fatal, warnings = set(), set()
        for one in etree.fromstring(report.encode()).iter(f"{SVRL}failed-assert", f"{SVRL}successful-report"):
            (warnings if one.get("flag") == "warning" else fatal).add(one.get("id"))
        return Verdict(valid, fatal, warnings)

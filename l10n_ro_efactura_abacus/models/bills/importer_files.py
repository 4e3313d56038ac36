"""Files that users drop or upload: XML invoices, ANAF packages, and ZIPs of them."""

from odoo import api, models
from odoo.exceptions import UserError

from ...anaf import MAX_SIZE, PackageError, UblError, read_facts, unzip
from .message import package_words

# Entries of a dropped ZIP that are read at most.
MOST_FILES = 500


class EfacturaImporter(models.AbstractModel):
    _inherit = "l10n_ro_efactura.importer"

    @api.model
    @api.private
    def _sources_of_files(self, files):
        """Return what the import pages are loaded with.

        :param files: [(name, bytes)]
        :return: [dict] of company, xml, package, name, message
        :raise UserError: a file cannot be opened or holds no invoice
        """
        sources = []
        for name, content in files:
            for xml, package in self._documents_in(name, content):
                company = self._company_of(xml)
                sources.append(
                    {
                        "company": company,
                        "xml": xml,
                        "package": package,
                        "name": name,
                        "message": self.env["l10n_ro_efactura.message"]._holding(company, xml),
                    }
                )
        if not sources:
            raise UserError(self.env._("Drop XML files of invoices or ANAF's ZIP packages."))
        return sources

    @api.model
    @api.private
    def _documents_in(self, name, content):
        """Return [(xml, its ANAF package or None)] of one file: an XML, ANAF's ZIP, or a ZIP of them."""
        if content[:2] != b"PK":
            return [(content, None)]
        try:
            found = self._documents_in_zip(content, MAX_SIZE)
        except PackageError as error:
            raise UserError(
                self.env._("%(file)s cannot be opened: %(error)s", file=name, error=package_words(self.env, error))
            ) from None
        if not found:
            raise UserError(self.env._("%s holds no invoice.", name))
        return found

    @api.model
    @api.private
    def _documents_in_zip(self, content, left, nested=True):
        """Return the invoices of a ZIP and of the ZIPs in it.

        :param int left: bytes that may still be unpacked
        :raise PackageError: it cannot be opened
        """
        files = unzip(content, max_size=left, max_entries=MOST_FILES)
        left -= sum(map(len, files.values()))
        sealed = any("semnatura" in path.lower() for path in files)
        found = []
        for data in files.values():
            if data[:2] == b"PK" and nested:
                inner = self._documents_in_zip(data, left, nested=False)
                left -= sum(len(xml) for xml, _package in inner)
                found += inner
            elif _is_invoice(data):
                found.append((data, content if sealed else None))
        return found

    @api.model
    @api.private
    def _company_of(self, xml):
        """Return the user's company that is the buyer, else the current one."""
        try:
            buyer = read_facts(xml).buyer_cif
        except UblError:
            return self.env.company
        companies = self.env.company | self.env.companies
        return (
            companies.filtered(lambda company: buyer and company._l10n_ro_efactura_cif() == buyer)[:1]
            or self.env.company
        )


def _is_invoice(content):
    try:
        return bool(read_facts(content))
    except UblError:
        return False

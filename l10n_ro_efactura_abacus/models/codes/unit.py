import csv

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import file_open, remove_accents
from psycopg2.extras import execute_values

from ..common.core import ormcache

UNITS_FILE = "l10n_ro_efactura_abacus/data/unece_units.csv"
UNCOMMON = 10000  # rank of the units that have no Romanian name


def normalized(text):
    """Lower case, no diacritics, no signs but % and /: ``'Metru pătrat'`` -> ``'metru patrat'``."""
    plain = remove_accents(text or "").lower().replace("²", "2").replace("³", "3")
    return " ".join("".join(sign if sign.isalnum() or sign in "%/" else " " for sign in plain).split())


def _words(row):
    """What a unit is called, between bars: ``'|h87|piece|bucata|buc|bucati|'``."""
    called = [row["code"], row["name"], row["name_ro"], *row["words"].split(";")]
    return "".join(f"|{text}" for text in dict.fromkeys(map(normalized, called)) if text) + "|"


class EfacturaUnit(models.Model):
    """A unit of measure of UN/ECE Recommendation 20, or a package of Recommendation 21 (X in front).

    All of those that EN 16931 allows (BR-CL-23, the same 2162 at ANAF), read from a file at install and upgrade:
    nobody edits them. The order of the file is the order of the search: what Romanian invoices use comes first.
    """

    _name = "l10n_ro_efactura.unit"
    _description = "UN/ECE unit of measure"
    _log_access = False
    _order = "rank, code"
    _rec_names_search = ["words"]

    code = fields.Char(required=True, readonly=True)
    name = fields.Char("English Name", required=True, readonly=True)
    name_ro = fields.Char("Romanian Name", readonly=True)
    words = fields.Char(readonly=True, help="What the search looks in: code, both names and what invoices call it.")
    rank = fields.Integer(readonly=True)

    _code_uniq = models.UniqueIndex("(code)")

    def init(self):
        # EXTENDS 'base': the list is part of the code, like a view; no external ids, so that it costs nothing
        with file_open(UNITS_FILE) as file:
            rows = [
                (row["code"], row["name"], row["name_ro"] or None, _words(row), rank if row["name_ro"] else UNCOMMON)
                for rank, row in enumerate(csv.DictReader(file), start=1)
            ]
        execute_values(
            self.env.cr._obj,
            """
            WITH listed (code, name, name_ro, words, rank) AS (VALUES %s),
                 gone AS (DELETE FROM l10n_ro_efactura_unit u
                           WHERE NOT EXISTS (SELECT FROM listed l WHERE l.code = u.code)),
                 known AS (UPDATE l10n_ro_efactura_unit u
                              SET name = l.name, name_ro = l.name_ro, words = l.words, rank = l.rank
                             FROM listed l WHERE l.code = u.code)
            INSERT INTO l10n_ro_efactura_unit (code, name, name_ro, words, rank)
                 SELECT * FROM listed l
                  WHERE NOT EXISTS (SELECT FROM l10n_ro_efactura_unit u WHERE u.code = l.code)
            """,
            rows,
            page_size=len(rows),
        )

    @api.depends("code", "name", "name_ro")
    @api.depends_context("lang")
    def _compute_display_name(self):
        romanian = (self.env.lang or "").startswith("ro")
        for unit in self:
            unit.display_name = f"{unit.code} {unit.name_ro or unit.name}" if romanian else f"{unit.code} {unit.name}"

    @api.model
    def _search_display_name(self, operator, value):
        """Every word must occur, in the code or in either name; diacritics and capitals do not matter."""
        if operator not in ("ilike", "like", "=", "=ilike", "=like") or not isinstance(value, str):
            return super()._search_display_name(operator, value)
        if operator in ("=", "=ilike", "=like"):
            return Domain("code", "=ilike", value)
        return Domain.AND(Domain("words", "ilike", word) for word in normalized(value).split())

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        # EXTENDS 'base': what Romanian invoices call so ("ora", "mp", "mc"), the code itself, whole words, the rest
        if not (name and operator == "ilike"):
            return super().name_search(name, domain, operator, limit)
        wanted = normalized(name)
        found = self.search_fetch(
            Domain("display_name", operator, name) & Domain(domain or Domain.TRUE), ["code", "words", "rank"]
        )
        found = found.sorted(
            lambda unit: (
                unit.rank == UNCOMMON or not unit._is_word(wanted),
                unit.rank == UNCOMMON and unit.code.lower() != wanted,
                not unit._is_word(wanted),
                f" {wanted}" not in unit.words.replace("|", " "),
            )
        )
        return [(unit.id, unit.display_name) for unit in found[:limit]]

    @api.model
    @ormcache()
    def _codes(self):
        """Every allowed code."""
        return frozenset(self.sudo().search([]).mapped("code"))

    @api.model
    def _named(self, text):
        """The one unit that users call `text` ("BUC" is H87); none where the text means several, or nothing."""
        wanted = normalized(text)
        if not wanted:
            return self.browse()
        found = self.search([("words", "like", f"|{wanted}|"), ("rank", "<", UNCOMMON)])
        return found if len(found) == 1 else self.browse()

    def _is_word(self, wanted):
        return f" {wanted} " in self.words.replace("|", " ")

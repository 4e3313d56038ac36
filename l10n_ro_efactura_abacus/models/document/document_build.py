"""What is decided once while the Document of one invoice is made, and where texts that do not fit go."""

from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from .texts import cut, plain

#: decimals of quantities, prices and percentages
_DIGITS = 6
_LAST_DIGIT = Decimal(1).scaleb(-_DIGITS)
_ZERO = Decimal(0)
_ONE_DECIMAL = Decimal("0.1")
#: the language of the names as they were made
_SOURCE_LANG = "en_US"
#: VAT categories whose rate is a percentage above zero (BR-S-05); the others are at 0 %
_RATED = ("S", "L", "M")
_ZERO_RATE = Decimal("0.0")
#: BR-RO-L1019: BT-120
_REASON_LENGTH = 100
#: what BT-120 and BT-121 say where the mapping of the tax says nothing
_DEFAULT_REASONS = {
    "AE": ("VATEX-EU-AE", "Taxare inversă"),
    "K": ("VATEX-EU-IC", "Livrare intracomunitară scutită"),
    "G": ("VATEX-EU-G", "Export scutit"),
    "O": ("VATEX-EU-O", "Neînregistrat în scopuri de TVA"),
}
#: journal items that are of no tax
_WITHOUT_TAX = ("product", "payment_term")
_GTIN_LENGTHS = (8, 12, 13, 14)
EARLY_PAYMENT = "Reducere pentru plata anticipată"


def number(value):
    """Return a float of a record (a quantity, price or percentage) as the Decimal that was typed."""
    return Decimal(repr(round(value, _DIGITS)))


def tidy(value):
    """Return a Decimal with at most 6 decimals, at least one, and no zeros behind them."""
    value = value.quantize(_LAST_DIGIT, ROUND_HALF_UP).normalize()
    return value if value.as_tuple().exponent < 0 else value.quantize(_ONE_DECIMAL)


class LineTaxes:
    """The taxes of a line by what they become in the document.

    :ivar flat: the taxes, groups opened, :ivar rated: the percentages of zero and more, of which there may be one
    :ivar vat: the tax that gives the category of the line (BT-151), or none
    :ivar simple: quantity x price is the untaxed amount: nothing is included in the price, no amount is fixed
    :ivar charges: fixed amounts that VAT is reckoned on: charges of the line (BG-28), as a set of taxes
    :ivar deposits: fixed amounts outside the base of the VAT (the SGR deposit): lines of their own
    :ivar on_payment: the VAT becomes due when it is paid (Codul fiscal art. 282(3)-(8), "TVA la încasare")
    """

    def __init__(self, taxes):
        self.flat = taxes.flatten_taxes_hierarchy()
        self.rated = self.flat.browse()
        self.simple, self.on_payment = True, False
        self.charges, self.deposits = set(), set()
        for tax in self.flat:
            kind = tax.amount_type
            if kind == "percent" and tax.amount >= 0:
                self.rated += tax
            elif kind in ("fixed", "code"):
                (self.charges if tax.include_base_amount else self.deposits).add(tax)
            if kind != "percent" or tax.price_include:
                self.simple = False
            if tax.tax_exigibility == "on_payment":
                self.on_payment = True
        self.vat = self.rated[:1]


class Product:
    """What a product, or none, gives to each of its lines.

    :ivar record: the product itself, :ivar name: one line of any length, '' without a product
    :ivar code: BT-155, :ivar gtin: BT-157, '' where the barcode is no GTIN, :ivar classifications: BT-158
    :ivar attributes: its values of attributes (BG-32)
    """

    def __init__(self, product):
        self.record = product
        self.name, self.code = plain(product.name), product.default_code or ""
        barcode = plain(product.barcode)
        self.gtin = barcode if barcode.isdigit() and len(barcode) in _GTIN_LENGTHS else ""
        self.classifications = [(code, kind) for kind, code in product._l10n_ro_efactura_classification() if code]
        self.attributes = product.product_template_attribute_value_ids
        self._description = product.description_sale or ""
        self._known = (f"[{plain(self.code)}] {self.name}", self.name)

    def names(self, label):
        """Return (name, what the `label` of a line says beyond it), each on one line of any length."""
        if not self.name:
            first, _newline, more = label.partition("\n")
            return (plain(first), plain(more)) if plain(first) else (plain(label), "")
        more = plain(label or self._description)
        for known in self._known:
            if more.startswith(known):
                return self.name, more[len(known) :].strip()
        return self.name, more


class Place:
    """Where a partner is, each part on one line of any length.

    :ivar city: as an e-invoice calls it (SECTORn in Bucharest), :ivar typed_city: as it was typed
    :ivar state: the code of the county, :ivar country: ISO code; '' where there is none
    """

    def __init__(self, partner):
        self.street, self.street2, self.zip = plain(partner.street), plain(partner.street2), plain(partner.zip)
        self.typed_city, self.city = plain(partner.city), plain(partner._l10n_ro_efactura_city_name())
        self.state, self.country = partner.state_id.code or "", partner.country_id.code or ""


class Build:
    """One invoice on its way to a Document: what is asked more than once is looked up once.

    :ivar origin: the account.move as it was given, :ivar move: the same in the language of the buyer
    :ivar kind: BT-3, :ivar sign: -1 for a credit note that is sent as an invoice, whose amounts carry a minus
    :ivar cuts: texts that did not fit, as dict(bt, model, res_id, text, kept, to): `to` is the BT that took the rest,
        '' where it was dropped
    :ivar overflow: rests that go to the notes (BT-22), behind their labels
    """

    def __init__(self, move):
        lang = move.partner_id.lang or _SOURCE_LANG
        self.origin = move
        self.move = move if lang == (move.env.lang or _SOURCE_LANG) else move.with_context(lang=lang)
        self.env = move.env
        # environments live as long as a record of theirs: the many that ask as superuser share this one
        self._superuser = move.sudo()
        self.company = move.company_id
        self.purchase = move.is_purchase_document()
        self.currency = move.currency_id
        self.kind = move._l10n_ro_efactura_type_code()
        self.sign = -1 if move.move_type in ("out_refund", "in_refund") and self.kind != "381" else 1
        self.direction = move.direction_sign * self.sign
        self.cuts = []
        self.overflow = []
        self._amount_format = f".{self.currency.decimal_places}f"
        self._cent = Decimal(1).scaleb(-self.currency.decimal_places)
        self._places = {}
        self._units = {}
        self._products = {}
        self._taxes = {}
        self._line_taxes = {}
        self._tax_codes = {}
        self._categories = {}
        self._reasons = {}

    # -------------------------------------------------------------------------
    # WHO, WHERE
    # -------------------------------------------------------------------------

    @cached_property
    def seller(self):
        """Return the partner in whose name the invoice is."""
        return self.origin._l10n_ro_efactura_seller()

    @cached_property
    def buyer(self):
        """Return the firm or person that is invoiced."""
        return self.origin._l10n_ro_efactura_buyer()

    @cached_property
    def seller_vat(self):
        """Return BT-31, '' where the seller is not registered for VAT: then nobody has a VAT number (BR-O-02)."""
        return self.seller._l10n_ro_efactura_vat()

    @cached_property
    def seller_id(self):
        """Return the CUI of the seller, or what it has instead."""
        return self.seller._l10n_ro_efactura_legal_id()

    @cached_property
    def buyer_ids(self):
        """Return (BT-48, BT-47): the VAT number, else another identifier."""
        vat = self.buyer._l10n_ro_efactura_vat() if self.seller_vat else ""
        return vat, "" if vat else self.buyer._l10n_ro_efactura_legal_id()

    @cached_property
    def representative(self):
        """Return who represents the seller for VAT (BG-11)."""
        return self.seller.l10n_ro_efactura_representative_id

    @cached_property
    def delivery_address(self):
        """Return the partner of BG-15, or none."""
        return self.origin._l10n_ro_efactura_delivery_address(self.tax_code)

    def place(self, partner):
        """Return the :class:`Place` of a partner, read once."""
        if partner.id not in self._places:
            self._places[partner.id] = Place(partner)
        return self._places[partner.id]

    @cached_property
    def payment_code(self):
        """Return BT-81."""
        return self.origin._l10n_ro_efactura_payment_means_code()

    # -------------------------------------------------------------------------
    # JOURNAL ITEMS
    # -------------------------------------------------------------------------

    @cached_property
    def items(self):
        """Return the journal items by what they are in the document.

        :return: dict of lists: 'product' lines, 'epd' an early payment discount, 'rounding' of cash, 'payment_term'
            what is to be paid; 'vat' and 'withheld', percentages and negative ones, whose amounts the document
            takes as they are booked
        """
        found = {"product": [], "epd": [], "rounding": [], "payment_term": [], "vat": [], "withheld": []}
        for item in self.move.line_ids:
            kind = item.display_type
            if kind in _WITHOUT_TAX or not (tax := item.tax_line_id):
                if kind in found:
                    found[kind].append(item)
            elif tax.amount_type == "percent":
                found["vat" if tax.amount >= 0 else "withheld"].append(item)
        return found

    @cached_property
    def on_document(self):
        """Return the ids of the lines that are discounts or charges on the whole document (BG-20, BG-21).

        None is where all would be (BR-16): a credit note over nothing but a discount has it as its line.
        """
        products = self.items["product"]
        found = {line.id for line in products if line._l10n_ro_efactura_is_document_level()}
        return found if len(found) < len(products) else set()

    @cached_property
    def on_payment(self):
        """Return True where the VAT of a line becomes due when it is paid (Codul fiscal art. 282(3)-(8))."""
        return any(self.taxes(line).on_payment for line in self.items["product"])

    # -------------------------------------------------------------------------
    # AMOUNTS
    # -------------------------------------------------------------------------

    def amount(self, value):
        """Return a float in the currency of the invoice, positive on an ordinary document, as its Decimal."""
        return Decimal(format(self.sign * value, self._amount_format))

    def booked(self, value):
        """Return the `amount_currency` of a journal item as the document states it."""
        return Decimal(format(self.direction * value, self._amount_format))

    def rounded(self, value):
        """Return a Decimal with the decimals of the currency, a half away from zero."""
        return value.quantize(self._cent, ROUND_HALF_UP)

    @cached_property
    def withheld_total(self):
        """Return what the buyer keeps for the State (taxes below zero), which BT-112 does not know and BT-113 has."""
        return -sum((self.booked(item.amount_currency) for item in self.items["withheld"]), _ZERO)

    @cached_property
    def details(self):
        """Return {id of a product line: its `tax_details`}, as account computes them; the tax lines are kept."""
        base_lines, _tax_lines = self.move._get_rounded_base_and_tax_lines()
        return {base_line["record"].id: base_line["tax_details"] for base_line in base_lines}

    def undiscounted(self, line):
        """Return the untaxed price of one unit of `line` without its discount, as account computes it."""
        base_line = self.move._prepare_product_base_line_for_taxes_computation(line)
        base_line.update(discount=0.0, quantity=line.quantity or 1.0)
        self.env["account.tax"]._add_tax_details_in_base_lines([base_line], self.company)
        return number(base_line["tax_details"]["raw_total_excluded_currency"] / base_line["quantity"])

    # -------------------------------------------------------------------------
    # CODES
    # -------------------------------------------------------------------------

    def unit(self, uom):
        """Return BT-130, '' where it must be asked; looked up once per unit."""
        if uom.id not in self._units:
            self._units[uom.id] = self.env["l10n_ro_efactura.code.map"]._uom_code(self.company, uom) or ""
        return self._units[uom.id]

    def product(self, product):
        """Return the :class:`Product` of a product, read once."""
        if product.id not in self._products:
            self._products[product.id] = Product(product)
        return self._products[product.id]

    def taxes(self, line):
        """Return the taxes of `line`, sorted into :class:`LineTaxes` once per combination."""
        if (found := self._line_taxes.get(line.id)) is None:
            taxes = line.tax_ids
            if (found := self._taxes.get(taxes)) is None:
                found = self._taxes[taxes] = LineTaxes(taxes)
            self._line_taxes[line.id] = found
        return found

    def tax_code(self, tax):
        """Return (category, exemption code, text) of `tax`, False where it must be asked; looked up once per tax."""
        if tax.id not in self._tax_codes:
            self._tax_codes[tax.id] = self.origin._l10n_ro_efactura_tax_code(tax)
        return self._tax_codes[tax.id]

    def category(self, tax, early=False):
        """Return (category, rate) of `tax`, which may be none, and keep the reason of its exemption.

        :param early: of a line of an early payment discount, which without a tax is exempt (E)
        :return: BT-151 and BT-152 as a Decimal; None where the category has no rate (BR-O-05)
        """
        key = (tax.id, early)
        if key not in self._categories:
            self._categories[key] = self._category(tax, early)
        return self._categories[key]

    def _category(self, tax, early):
        category, code, text = self.tax_code(tax) or ("", "", "")
        if early and not category:
            category, code, text = "E", "", EARLY_PAYMENT
        if category in _RATED:
            return category, number(tax.amount)
        default_code, default_text = _DEFAULT_REASONS.get(category, ("", ""))
        reasons = self._reasons.setdefault(category, {})
        reasons[code or default_code, plain(text) or default_text] = True
        return category, None if category == "O" else _ZERO_RATE  # a purchase's reverse charge is 0 % for who sells

    def exemption(self, category):
        """Return (text BT-120, code BT-121) of a category; '' where there is none.

        Several reasons under one category: their words, and no code that is true of some lines only.
        """
        reasons = self._reasons.get(category, {})
        codes = {code for code, _text in reasons if code}
        texts = dict.fromkeys(text for _code, text in reasons if text)
        alone = len(codes) == 1 and len(texts) <= 1
        return cut("; ".join(texts), _REASON_LENGTH)[0], codes.pop() if alone else ""

    # -------------------------------------------------------------------------
    # TEXTS
    # -------------------------------------------------------------------------

    def fit(self, bt, record, text, limit, label):
        """Return `text` on one line within `limit` characters; the rest goes to the notes (BT-22) behind `label`."""
        text = plain(text)
        if len(text) <= limit:
            return text
        kept, rest = cut(text, limit)
        self.overflow.append(f"{label}: {rest}")
        self.moved(bt, record, text, kept, "BT-22")
        return kept

    def moved(self, bt, record, text, kept, to):
        """Remember that `text` did not fit into `bt`: `kept` stayed, the rest went `to` (a BT, '' when dropped)."""
        self.cuts.append(
            {
                "bt": bt,
                "model": record._name,
                "res_id": record.id,
                "text": text,
                "kept": kept,
                "to": to,
            }
        )

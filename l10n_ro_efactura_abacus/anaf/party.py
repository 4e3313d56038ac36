"""Parties of an invoice and their addresses, as business terms (EN 16931): see :mod:`document`."""

from dataclasses import dataclass, field
from functools import cached_property

from .identifiers import cif_digits

#: UBL's scheme of an endpoint that is an e-mail address (EAS list)
EMAIL_SCHEME = "EM"


@dataclass(frozen=True, slots=True)
class Address:
    """BG-5 seller, BG-8 buyer, BG-12 tax representative, BG-15 delivery.

    :ivar street: BT-35/50/64/75, :ivar additional_street: BT-36/51/65/76, :ivar line: BT-162/163/164/165
    :ivar city: BT-37/52/66/77 (``SECTOR1`` to ``SECTOR6`` in Bucharest), :ivar postcode: BT-38/53/67/78
    :ivar county: BT-39/54/68/79 as written (``RO-TM``), :ivar country: BT-40/55/69/80, ISO code
    """

    street: str = ""
    additional_street: str = ""
    line: str = ""
    city: str = ""
    postcode: str = ""
    county: str = ""
    country: str = ""

    @property
    def street2(self) -> str:
        """Return the additional street and the third line as one text."""
        return _joined(self.additional_street, self.line)

    @property
    def text(self) -> str:
        """Return the whole address in one line."""
        return _joined(self.street, self.street2, self.city, self.postcode, self.county, self.country)


@dataclass(frozen=True)
class Party:
    """BG-4 seller, BG-7 buyer, BG-10 payee, BG-11 tax representative.

    :ivar legal_name: BT-27/44, :ivar trading_name: BT-28/45; the only name of a payee (BT-59) and of a tax
        representative (BT-62)
    :ivar identifiers: BT-29/46/60 as ``[(identifier, scheme)]``; BT-90 is the one with the scheme ``SEPA``
    :ivar vat: BT-31/48/63, :ivar tax_registration: BT-32, each as written
    :ivar tax_registration_scheme: the tax scheme of BT-32, anything but ``VAT``, mostly ``''``
    :ivar registration: BT-30/47/61, :ivar registration_scheme: its scheme (ISO 6523)
    :ivar legal_form: BT-33
    :ivar endpoint: BT-34/49, :ivar endpoint_scheme: its scheme (EAS)
    :ivar contact: BT-41/56, :ivar phone: BT-42/57, :ivar contact_email: BT-43/58
    """

    legal_name: str = ""
    trading_name: str = ""
    identifiers: list[tuple[str, str]] = field(default_factory=list)
    vat: str = ""
    tax_registration: str = ""
    tax_registration_scheme: str = ""
    registration: str = ""
    registration_scheme: str = ""
    legal_form: str = ""
    endpoint: str = ""
    endpoint_scheme: str = ""
    address: Address | None = None
    contact: str = ""
    phone: str = ""
    contact_email: str = ""

    @cached_property
    def cif(self) -> str:
        """Return the digits of a Romanian CIF (13 of a person), ``''`` for a foreign identifier.

        The VAT number counts first, then the tax registration, the legal registration and the first identifier.
        """
        texts = [self.vat, self.tax_registration, self.registration, *(number for number, _ in self.identifiers[:1])]
        return next((digits for digits in map(cif_digits, texts) if digits), "")

    @property
    def name(self) -> str:
        """Return the legal name, the trading name where there is none."""
        return self.legal_name or self.trading_name

    @property
    def email(self) -> str:
        """Return the contact's e-mail, or the endpoint where that is an e-mail address."""
        return self.contact_email or (self.endpoint if self.endpoint_scheme == EMAIL_SCHEME else "")

    @property
    def street(self) -> str:
        """Return BT-35/50/64."""
        return self.address.street if self.address else ""

    @property
    def street2(self) -> str:
        """Return the additional street and the third line of the address as one text."""
        return self.address.street2 if self.address else ""

    @property
    def city(self) -> str:
        """Return BT-37/52/66."""
        return self.address.city if self.address else ""

    @property
    def postcode(self) -> str:
        """Return BT-38/53/67."""
        return self.address.postcode if self.address else ""

    @property
    def county(self) -> str:
        """Return BT-39/54/68."""
        return self.address.county if self.address else ""

    @property
    def country(self) -> str:
        """Return BT-40/55/69."""
        return self.address.country if self.address else ""


def _joined(*texts: str) -> str:
    return ", ".join(filter(None, texts))

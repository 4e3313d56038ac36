"""ANAF's RO e-Factura in plain Python: the wire, its answers, packages, seals, and rules around them.

No Odoo here. Whatever an exchange raises is an :class:`AnafError`; ``errors`` says what each one obliges.
"""

from .bucharest_time import BUCHAREST, day_of, next_day, today
from .client import AnafClient
from .completeness import DocumentError, Problem, document_problems
from .contradictions import Contradiction, contradictions
from .deadline import add_working_days, is_working_day, send_deadline
from .document import AllowanceCharge, Attachment, Delivery, Document, DocumentLine, PaymentMeans, TaxSubtotal, noted
from .environment import ENVIRONMENTS, Endpoints
from .errors import (
    AnafError,
    ClockSkew,
    Forbidden,
    Gone,
    Malformed,
    NoRight,
    NotAJwt,
    NotFound,
    NotSent,
    OAuthError,
    QuotaExceeded,
    Refused,
    Technical,
    Throttled,
    Transient,
    Unauthorized,
    Uncertain,
)
from .explain import Explanation, explain
from .identifiers import NO_CNP, cif_digits, same_cif, valid_cnp, valid_cui
from .messages import ListedMessage, corrected_window, spv_window
from .numbers import compare_numbers, number_forms, number_key
from .oauth import TokenSet, authorize_url, claims, exchange_code, expires_at, refresh
from .package import MAX_SIZE, Package, PackageError, duplicate_of_text, read_package, unzip
from .party import Address, Party
from .rasp import build_buyer_message
from .reader import read_document
from .registry import RegisteredAddress, RegistryAnswer, RegistryClient, Taxpayer, VatPeriod, parse_taxpayers
from .replies import MessagePage, Receipt, Status, Validation
from .seal import SealReport, seal_certificate, verify
from .support_request import support_sections, support_text
from .ubl import InvoiceFacts, UblError, read_facts
from .wire import make_session
from .writer import write
from .xml import XmlError, formatted, parse_xml

__all__ = [
    "BUCHAREST",
    "ENVIRONMENTS",
    "NO_CNP",
    "Address",
    "AllowanceCharge",
    "AnafClient",
    "AnafError",
    "Attachment",
    "ClockSkew",
    "Contradiction",
    "Delivery",
    "Document",
    "DocumentError",
    "DocumentLine",
    "Endpoints",
    "Explanation",
    "Forbidden",
    "Gone",
    "InvoiceFacts",
    "ListedMessage",
    "Malformed",
    "MessagePage",
    "NoRight",
    "NotAJwt",
    "NotFound",
    "NotSent",
    "OAuthError",
    "Package",
    "PackageError",
    "Party",
    "PaymentMeans",
    "Problem",
    "QuotaExceeded",
    "Receipt",
    "Refused",
    "RegisteredAddress",
    "RegistryAnswer",
    "RegistryClient",
    "SealReport",
    "Status",
    "TaxSubtotal",
    "Taxpayer",
    "Technical",
    "Throttled",
    "TokenSet",
    "Transient",
    "UblError",
    "Unauthorized",
    "Uncertain",
    "Validation",
    "VatPeriod",
    "XmlError",
    "add_working_days",
    "authorize_url",
    "build_buyer_message",
    "cif_digits",
    "claims",
    "compare_numbers",
    "contradictions",
    "corrected_window",
    "document_problems",
    "duplicate_of_text",
    "exchange_code",
    "expires_at",
    "explain",
    "formatted",
    "is_working_day",
    "make_session",
    "next_day",
    "noted",
    "number_forms",
    "number_key",
    "parse_taxpayers",
    "parse_xml",
    "read_document",
    "read_facts",
    "read_package",
    "refresh",
    "same_cif",
    "seal_certificate",
    "send_deadline",
    "spv_window",
    "support_sections",
    "support_text",
    "day_of",
    "today",
    "valid_cnp",
    "valid_cui",
    "verify",
    "unzip",
    "write",
]

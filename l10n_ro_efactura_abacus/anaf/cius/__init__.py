"""CIUS-RO: is this the invoice ANAF accepts? ``check(bytes) -> Report``."""

from .check import check
from .codes import codes
from .finding import FATAL, WARNING, Finding, Report
from .words import sentence, term_of, terms

__all__ = ["FATAL", "WARNING", "Finding", "Report", "check", "codes", "sentence", "term_of", "terms"]

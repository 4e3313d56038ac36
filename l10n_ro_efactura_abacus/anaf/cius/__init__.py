"""CIUS-RO: is this the invoice ANAF accepts? ``check(bytes) -> Report``."""

from .check import check
from .codes import codes
from .finding import FATAL, WARNING, Finding, Report
from .words import term_of, terms

__all__ = ["FATAL", "WARNING", "Finding", "Report", "check", "codes", "term_of", "terms"]

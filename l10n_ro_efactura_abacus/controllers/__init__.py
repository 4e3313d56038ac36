"""HTTP routes: the OAuth dance with ANAF, and downloads."""

from . import connection
from . import inbox
from . import package
from . import document
from . import sending
from . import verification

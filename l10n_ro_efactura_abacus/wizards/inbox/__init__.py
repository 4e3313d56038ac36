from . import refresh

from . import find

"""Core's events on an entry, each with the steps of all rooms in their order."""

from . import account_move

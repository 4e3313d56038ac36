"""The states that an invoice shows, in production and in test, and those in which it is, or may be, at ANAF."""

from ..calls.outgoing import IN_WORK

# States of a move: that of its last submission, which alone writes it (state diagram at EfacturaSubmission).
#   queued -> uploading -> processing -> ok | nok
#             uploading -> refused | uncertain -> processing | queued
STATES = [
    ("queued", "Queued"),
    ("uploading", "Sending"),
    ("processing", "In progress"),
    ("ok", "Ok"),
    ("nok", "Nok"),
    ("refused", "Refused"),
    ("uncertain", "Uncertain"),
]
# States of a move in the test environment; the labels say that a test reports nothing.
TEST_STATES = [
    ("queued", "Test queued"),
    ("uploading", "Test sending"),
    ("processing", "Test in progress"),
    ("ok", "Test Ok - NOT reported"),
    ("nok", "Test Nok"),
    ("refused", "Test refused"),
    ("uncertain", "Test uncertain"),
]
# Production states in which the invoice is, or may be, at ANAF.
LIVE = (*IN_WORK, "ok")

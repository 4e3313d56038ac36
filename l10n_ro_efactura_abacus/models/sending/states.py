"""The states of a submission, of its test twin, and which of them mean that an invoice is, or may be, at ANAF."""
from ..calls.outgoing import IN_WORK

# The life of a submission; a move shows the state of its last one (written by the submissions only, see there).
#   queued -> uploading -> processing -> ok | nok
#             uploading -> refused | uncertain -> processing | queued
STATES = [
    ('queued', "Queued"),
    ('uploading', "Sending"),
    ('processing', "In progress"),
    ('ok', "Ok"),
    ('nok', "Nok"),
    ('refused', "Refused"),
    ('uncertain', "Uncertain"),
]
# A test has no legal effect: the words say so wherever the state is seen.
TEST_STATES = [
    ('queued', "Test queued"),
    ('uploading', "Test sending"),
    ('processing', "Test in progress"),
    ('ok', "Test Ok - NOT reported"),
    ('nok', "Test Nok"),
    ('refused', "Test refused"),
    ('uncertain', "Test uncertain"),
]
LIVE = (*IN_WORK, 'ok')  # in production: the invoice is, or may be, at ANAF

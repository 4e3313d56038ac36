"""The SPV inbox: mailboxes, messages, their archived packages, alerts before ANAF deletes them, archive checks."""

from . import message
from . import message_archive
from . import message_request
from . import progress
from . import progress_refresh
from . import message_loss
from . import mailbox
from . import res_company
from . import archive_check
from . import account_move
from . import account_journal

"""Sending invoices to ANAF: the submission and its life, what the invoice shows of it, and Odoo's Send."""

from . import submission
from . import submission_queue
from . import submission_again
from . import submission_upload
from . import submission_settle
from . import submission_status
from . import submission_reconcile
from . import submission_mirror
from . import submission_words
from . import xml_file
from . import message
from . import mailbox
from . import guard
from . import account_journal
from . import account_move
from . import account_move_queue
from . import account_move_sendable
from . import account_move_lock
from . import account_move_obligation
from . import account_move_alerts
from . import account_move_send
from . import account_move_confirm
from . import account_move_customer_mail
from . import res_company
from . import sending_counts
from . import ir_websocket

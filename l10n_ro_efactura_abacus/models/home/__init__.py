"""What people look at first: the home of the app, the cards of the accounting dashboard, and the digest by mail."""

from . import home
from . import home_anaf
from . import account_journal
from . import res_users

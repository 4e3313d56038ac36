"""A database cursor beside the transaction of the caller."""

from contextlib import contextmanager

from odoo import modules
from odoo.sql_db import db_connect


@contextmanager
def side_cursor(env):
    """Give a separate READ COMMITTED cursor, committed at the end.

    Rows that all workers share are written there, so that they neither wait for a worker's transaction nor break it
    with a serialization failure. A test keeps its one transaction.
    """
    if modules.module.current_test:
        yield env.cr
        return
    with db_connect(env.cr.dbname).cursor() as cr:
        cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        yield cr

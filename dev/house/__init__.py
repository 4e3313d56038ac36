"""The machine room behind ./dev/*: paths, set-up, PostgreSQL, databases, Odoo processes."""

"""Treatments of the goods of a bill line in the books."""

# In the order in which a user chooses: (value, label).
TREATMENTS = [("expense", "Expense or stock"), ("asset", "Fixed asset"), ("inventory_object", "Inventory object")]

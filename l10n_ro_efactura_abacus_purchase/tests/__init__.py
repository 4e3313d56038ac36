from . import test_import_orders, test_import_wizard_orders, test_order_reference, test_purchase_order

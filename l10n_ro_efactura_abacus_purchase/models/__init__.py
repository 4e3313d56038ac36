from . import importer_orders, importer_order_lines, importer_bills, purchase_order, purchase_order_line

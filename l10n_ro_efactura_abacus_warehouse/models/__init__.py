from . import account_move, efactura_line_map, importer, product, res_company, res_partner

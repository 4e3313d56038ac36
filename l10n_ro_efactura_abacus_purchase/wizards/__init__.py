from . import efactura_import, efactura_import_line

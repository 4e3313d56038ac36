from . import test_xml_kinds
from . import test_xml_branch
from . import test_xml_problems
from . import test_xml_pdf
from . import test_xml_files
from . import test_random_invoices

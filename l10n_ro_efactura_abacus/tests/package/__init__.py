from . import test_package_page
from . import test_package_pdf
from . import test_package_seal
from . import test_package_tour
from . import test_proof_pack

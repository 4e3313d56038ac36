from . import package_page
from . import package
from . import package_seal
from . import package_pdf
from . import proof_pack

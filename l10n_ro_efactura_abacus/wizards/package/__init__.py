from . import proof_pack

from . import holder_link
from . import paste_tokens

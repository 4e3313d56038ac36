from . import oauth
from . import package
from . import xml

from . import package
from . import xml

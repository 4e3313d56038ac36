from . import oauth
from . import package
from . import xml
from . import message_list
from . import verification

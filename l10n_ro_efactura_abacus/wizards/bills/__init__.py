from . import import_document
from . import import_batch
from . import import_line
from . import import_load
from . import import_run

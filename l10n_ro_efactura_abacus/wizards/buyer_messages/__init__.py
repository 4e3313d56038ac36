from . import write_message

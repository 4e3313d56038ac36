from odoo.exceptions import UserError


class MissingData(UserError):
    """A UserError whose dialog has a button that opens what is to be fixed, as a RedirectWarning's has."""

    def __init__(self, message, action, button):
        """
        :param message: what is missing
        :param action: the action, as a dict, that opens the record to fix
        :param button: the words on the button
        """
        super().__init__(message)
        self.args = (message, action, button)
        # the web client takes its dialog from here
        self.context = {'exception_class': 'odoo.exceptions.RedirectWarning'}

    def __str__(self):
        return self.args[0]

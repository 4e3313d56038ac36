"""Where e-Factura is shown: to users with a Romanian company in sight, and to nobody else."""

from odoo import api, models

# Beginnings of the names and ids of what this addon puts into views of other models.
OURS = ("l10n_ro_efactura", "action_l10n_ro_efactura")
# Attributes of a view's nodes that hold such a name.
NAMES = ("name", "id", "for")


def romania_in_sight(companies):
    """Return True where one of `companies` keeps its books in Romania."""
    return "RO" in companies.sudo().account_fiscal_country_id.mapped("code")


class Base(models.AbstractModel):
    """Views of every model without e-Factura's columns, buttons and pages, where no selected company is Romanian."""

    _inherit = "base"

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        # EXTENDS 'base'
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, romania_in_sight(self.env.companies))

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        # EXTENDS 'base'
        arch, view = super()._get_view(view_id, view_type, **options)
        if not self._name.startswith("l10n_ro_efactura.") and not romania_in_sight(self.env.companies):
            for node in [node for node in arch.iter() if _is_ours(node)]:
                _remove(node)
        return arch, view


class IrUiMenu(models.Model):
    """Menus without e-Factura's, for users none of whose companies is Romanian."""

    _inherit = "ir.ui.menu"

    def _filter_visible_menus(self):
        # EXTENDS 'base': its callers keep the menus for each user, whatever companies he has selected
        menus = super()._filter_visible_menus()
        if romania_in_sight(self.env.user.company_ids):
            return menus
        ours = self.env["ir.model.data"]._l10n_ro_efactura_ids(self._name)
        return menus.filtered(lambda menu: menu.id not in ours)


class IrActionsActions(models.Model):
    """Actions of lists and forms without e-Factura's, where no selected company is Romanian."""

    _inherit = "ir.actions.actions"

    @api.model
    def get_bindings(self, model_name):
        # EXTENDS 'base'
        bindings = super().get_bindings(model_name)
        if model_name.startswith("l10n_ro_efactura.") or romania_in_sight(self.env.companies):
            return bindings
        ours = self.env["ir.model.data"]._l10n_ro_efactura_ids("ir.actions.act_window", "ir.actions.server")
        return {
            kind: kept
            for kind, actions in bindings.items()
            if (kept := [action for action in actions if action["id"] not in ours])
        }


class IrModelData(models.Model):
    """Records that this addon and its small ones brought."""

    _inherit = "ir.model.data"

    @api.model
    def _l10n_ro_efactura_ids(self, *model_names):
        """Return the set of database ids of our records of the models `model_names`."""
        found = self.sudo().search([("module", "=like", "l10n_ro_efactura_abacus%"), ("model", "in", model_names)])
        return set(found.mapped("res_id"))


class ResCompany(models.Model):
    _inherit = "res.company"

    def cache_invalidation_fields(self):
        # EXTENDS 'base': the menus are kept for each user
        return super().cache_invalidation_fields() | {"country_id", "account_fiscal_country_id"}


def _is_ours(node):
    return isinstance(node.tag, str) and any((node.get(name) or "").startswith(OURS) for name in NAMES)


def _remove(node):
    """Remove a node, but not the text after it."""
    parent = node.getparent()
    if parent is None:
        return
    if node.tail and (before := node.getprevious()) is not None:
        before.tail = (before.tail or "") + node.tail
    elif node.tail:
        parent.text = (parent.text or "") + node.tail
    parent.remove(node)

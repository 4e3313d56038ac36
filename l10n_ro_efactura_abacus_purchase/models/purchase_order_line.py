from odoo import models
from odoo.tools import float_compare, float_round, formatLang

# Difference of the amount, in the currency, above which the price differs.
TOLERANCE = 0.011


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    def _l10n_ro_efactura_open_quantity(self, bill):
        """Return the quantity that may be billed: ordered, or received by the product's policy, less billed elsewhere.

        :param bill: a draft bill of the order that is about to be filled; its present lines do not count
        """
        self.ensure_one()
        line = self.sudo()
        base = line.qty_received if line.product_id.purchase_method == "receive" else line.product_qty
        own = sum(
            one.product_uom_id._compute_quantity(one.quantity, line.product_uom_id, raise_if_failure=False)
            for one in bill.sudo().invoice_line_ids
            if one.purchase_line_id == line
        )
        return base - line.qty_invoiced + own

    def _l10n_ro_efactura_price(self, currency, company, date):
        """Return the ordered unit price after discount, in `currency`."""
        self.ensure_one()
        line = self.sudo()
        price = line.price_unit * (1 - line.discount / 100)
        return line.currency_id._convert(price, currency, company, date, round=False)

    def _l10n_ro_efactura_differences(self, currency, company, date, quantity, net, uom, bill, whole_quantity=None):
        """Return the differences of an invoice line from this order line, in words.

        :param quantity: of the invoice, in `uom`; `net` is its amount without VAT in `currency`
        :param whole_quantity: what the whole invoice bills of this order line, in the order's unit
        :return: [translated text], empty where nothing differs
        """
        self.ensure_one()
        _, line = self.env._, self.sudo()
        order_uom = line.product_uom_id
        if uom and order_uom and uom._has_common_reference(order_uom):
            quantity = uom._compute_quantity(quantity, order_uom, round=False)
        texts = []
        ordered = self._l10n_ro_efactura_price(currency, company, date)
        if quantity and abs(net - ordered * quantity) > TOLERANCE:
            billed = net / quantity
            change = f"{(billed - ordered) / ordered * 100:+.1f} %" if ordered else "+"
            texts.append(
                _(
                    "price %(billed)s, ordered %(ordered)s (%(change)s)",
                    billed=formatLang(self.env, billed, dp="Product Price"),
                    ordered=formatLang(self.env, ordered, dp="Product Price"),
                    change=change,
                )
            )
        whole = quantity if whole_quantity is None else whole_quantity
        open_quantity = self._l10n_ro_efactura_open_quantity(bill)
        if float_compare(whole, open_quantity, precision_digits=4):
            values = {"billed": f"{float_round(whole, 4):g}", "open": f"{float_round(open_quantity, 4):g}"}
            texts.append(
                _("quantity %(billed)s, received and not billed %(open)s", **values)
                if line.product_id.purchase_method == "receive"
                else _("quantity %(billed)s, ordered and not billed %(open)s", **values)
            )
        return texts

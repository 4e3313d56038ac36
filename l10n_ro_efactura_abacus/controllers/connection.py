"""OAuth routes: to ANAF's login page and back. An answer without a valid state of ours is refused."""

from odoo import http
from odoo.addons.l10n_ro_edi.controllers.main import L10nRoEdiController
from odoo.exceptions import AccessError, UserError
from odoo.http import request

# Headers of the pages that these routes show.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'",
}


class EfacturaOauth(L10nRoEdiController):
    """The OAuth routes of core, behind our checks, and our own."""

    # -- core's paths, which may be the ones registered at ANAF -----------------------------------------------

    # OVERRIDE 'l10n_ro_edi'
    @http.route()
    def authorize(self, company_id, **kw):
        company = request.env["res.company"].browse(company_id).exists()
        credential = company and company._l10n_ro_efactura_credential().sudo(False)
        if not credential:
            return self._page("not_set_up", 404)
        try:
            credential._check_system()
            return request.redirect(credential._begin_as_user(), code=302, local=False)
        except (AccessError, UserError) as error:
            return self._page("failed", 403, text=str(error))

    # OVERRIDE 'l10n_ro_edi': public, because the certificate holder may have no account here
    @http.route(auth="public")
    def callback(self, company_id, **kw):
        return self._back_from_anaf(**kw)

    # -- our own ---------------------------------------------------------------------------------------------

    @http.route("/l10n_ro_efactura/callback", type="http", auth="public", methods=["GET"])
    def efactura_callback(self, **kw):
        return self._back_from_anaf(**kw)

    @http.route("/l10n_ro_efactura/holder/<string:token>", type="http", auth="public", methods=["GET"])
    def efactura_holder(self, token, **kw):
        """Show the certificate holder what the link is for, with a button; showing does not use the link up."""
        link = request.env["l10n_ro_efactura.ticket"]._from_link(token)
        if not link:
            return self._page("link_dead", 410)
        return self._page(
            "holder",
            200,
            company=link.company_id.name,
            cif=link.company_id._l10n_ro_efactura_cif(),
            sender=link.user_id.name,
        )

    @http.route("/l10n_ro_efactura/holder/<string:token>", type="http", auth="public", methods=["POST"])
    def efactura_holder_go(self, token, **kw):
        """Redirect the certificate holder to ANAF's login page."""
        link = request.env["l10n_ro_efactura.ticket"]._from_link(token)
        if not link:
            return self._page("link_dead", 410)
        return request.redirect(link.credential_id._begin_as_holder(link), code=303, local=False)

    # -- helpers ---------------------------------------------------------------------------------------------

    def _back_from_anaf(self, state="", code="", error="", **kw):
        """Check the state, use it up, exchange the code for tokens; return a page or a redirect."""
        ticket = request.env["l10n_ro_efactura.ticket"]._from_state(state)
        credential = ticket.credential_id
        if not ticket or not (credential.callback_url or "").partition("?")[0].endswith(request.httprequest.path):
            return self._page("bad_state", 400)
        if ticket.kind == "user" and not self._may_finish(ticket):
            return self._page("other_session", 403)
        if not credential._isolated(lambda own: ticket.with_env(own.env)._use()):
            return self._page("bad_state", 400)
        if error or not code:
            return self._page("denied", 200, credential=credential if ticket.kind == "user" else None)
        try:
            credential._finish(ticket, code)
        except UserError as problem:
            return self._page(
                "failed", 200, text=str(problem), credential=credential if ticket.kind == "user" else None
            )
        if ticket.kind == "holder":
            return self._page("done", 200, company=ticket.company_id.name)
        return request.redirect(f"/odoo/efactura-connections/{credential.id}")

    def _may_finish(self, ticket):
        """Return True where this is the session that `ticket` began in and its user still is an administrator."""
        credential = ticket.credential_id
        if not credential._same_session(ticket):
            return False
        try:
            credential.with_user(ticket.user_id).with_context(allowed_company_ids=None)._check_system()
        except AccessError:
            return False
        return True

    def _page(self, what, status, **values):
        """Return a page in the visitor's language; without an account, Romanian where it is installed.

        :param what: key of the page's text in the template `oauth_page`
        :param status: HTTP status
        """
        env, lang = request.env, request.env.lang
        if env.user._is_public() and "ro_RO" in dict(env["res.lang"].sudo().get_installed()):
            lang = "ro_RO"
        request.update_context(lang=lang)
        response = request.render("l10n_ro_efactura_abacus.oauth_page", {"what": what, **values}, status=status)
        response.headers.extend(HEADERS)
        return response

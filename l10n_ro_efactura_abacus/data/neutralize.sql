-- a copy for tests never holds a connection to ANAF
UPDATE l10n_ro_efactura_credential
   SET client_secret_cipher = NULL, access_cipher = NULL, refresh_cipher = NULL,
       access_expires_at = NULL, refresh_expires_at = NULL, refresh_issued_at = NULL, refreshed_at = NULL,
       access_refused = FALSE, refresh_refused = FALSE, last_error = NULL, reminded_step = 0,
       token_version = COALESCE(token_version, 0) + 1;
DELETE FROM l10n_ro_efactura_ticket;

import { registry } from "@web/core/registry";
import { badgeField } from "@web/views/fields/badge/badge_field";

/** A number of days as a badge. */
export const daysField = { ...badgeField, supportedTypes: ["integer"] };

registry.category("fields").add("l10n_ro_efactura_days", daysField);

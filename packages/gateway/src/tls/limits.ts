const DAY_MS = 86_400_000;

/** Life of the local authority, milliseconds: ten years, longer than any installation's clients keep its file. */
export const AUTHORITY_LIFE_MS = 3_650 * DAY_MS;
/** Life of the server certificate, milliseconds: 90 days, as public authorities issue. */
export const CERTIFICATE_LIFE_MS = 90 * DAY_MS;
/** A certificate with less life left than this is renewed, milliseconds: a third of it. */
export const RENEW_BEFORE_MS = 30 * DAY_MS;
/** Certificates start this long before now, milliseconds: clients' clocks differ. */
export const CLOCK_SKEW_MS = 3_600_000;

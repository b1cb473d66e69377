import type { EgressRefusal } from './ports.ts';

/** HTTP status of each refusal (RFC 9110 §15). */
export const REFUSAL_STATUS: Readonly<Record<EgressRefusal, number>> = {
  EGRESS_BAD_REQUEST: 400,
  EGRESS_DENIED: 403,
  EGRESS_ADDRESS_REFUSED: 403,
  EGRESS_RESOLVE_FAILED: 502,
  EGRESS_UPSTREAM_FAILED: 502,
  EGRESS_REDIRECT_REFUSED: 502,
  EGRESS_SECRET_UNAVAILABLE: 502,
  EGRESS_SECRET_ECHOED: 502,
  EGRESS_LIMIT: 429,
};

/** Ends one request with a code; inside the proxy only. */
export class Refused extends Error {
  readonly code: EgressRefusal;
  constructor(code: EgressRefusal) {
    super(code);
    this.code = code;
  }
}

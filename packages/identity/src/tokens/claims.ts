import { err, type JsonObject, ok, type Result } from '@wardmesh/core';
import { MAX_JTI_LENGTH, MAX_TOKEN_SECONDS, TOKEN_SKEW_SECONDS } from '../limits.ts';
import type { TokenFault } from './fault.ts';

/** What an access token of ours says (RFC 9068 §2.2). Times are seconds since the epoch. */
export interface AccessClaims {
  readonly issuer: string;
  /** The person, or the client where it acts for itself. */
  readonly subject: string;
  /** One resource (RFC 8707): a token for two would let the one reach the other. */
  readonly audience: string;
  readonly clientId: string;
  readonly issuedAt: number;
  readonly expires: number;
  readonly tokenId: string;
  readonly scopes: readonly string[];
  /** RFC 7638 thumbprint of the key this token is bound to (`cnf.jkt`). */
  readonly keyThumbprint?: string;
  /** `sid` and `sv`: the session, and the version it was at. */
  readonly session?: { readonly id: string; readonly version: number };
}

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 512;
const isTime = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

/** The claims of a payload that was verified, held to what we issue. No clock is read: see {@link checkTimes}. */
export function parseClaims(payload: JsonObject, issuer: string): Result<AccessClaims, TokenFault> {
  const { iss, sub, aud, client_id: clientId, iat, exp, jti, scope, cnf, sid, sv } = payload;
  if (iss !== issuer) return err('issuer');
  const audience = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
  if (!isName(audience)) return err('audience');
  if (!isName(sub) || !isName(clientId) || !isTime(iat) || !isTime(exp)) return err('claims');
  if (!isName(jti) || jti.length > MAX_JTI_LENGTH) return err('claims');
  if (scope !== undefined && typeof scope !== 'string') return err('claims');
  if (exp <= iat || exp - iat > MAX_TOKEN_SECONDS) return err('lifetime');
  if ((sid === undefined) !== (sv === undefined)) return err('claims');
  if (sid !== undefined && (!isName(sid) || !Number.isSafeInteger(sv) || (sv as number) < 0)) return err('claims');
  const keyThumbprint = thumbprintOf(cnf);
  if (keyThumbprint === null) return err('claims');
  return ok({
    issuer: iss as string,
    subject: sub,
    audience,
    clientId,
    issuedAt: iat,
    expires: exp,
    tokenId: jti,
    scopes: typeof scope === 'string' && scope !== '' ? scope.split(' ') : [],
    ...(keyThumbprint !== undefined && { keyThumbprint }),
    ...(sid !== undefined && { session: { id: sid as string, version: sv as number } }),
  });
}

/** Whether a token counts at `now`, ms since the epoch. */
export function checkTimes(claims: AccessClaims, now: number): TokenFault | undefined {
  if (claims.issuedAt * 1_000 > now + TOKEN_SKEW_SECONDS * 1_000) return 'future';
  return now >= claims.expires * 1_000 ? 'expired' : undefined;
}

/** `cnf.jkt`; undefined where there is no `cnf`, null where there is one we do not understand (RFC 7800 §3.1). */
function thumbprintOf(cnf: unknown): string | undefined | null {
  if (cnf === undefined) return undefined;
  if (typeof cnf !== 'object' || cnf === null || Array.isArray(cnf)) return null;
  const { jkt, ...others } = cnf as Record<string, unknown>;
  // Another confirmation method beside it is a binding we would not enforce.
  if (Object.keys(others).length > 0) return null;
  return typeof jkt === 'string' && /^[A-Za-z0-9_-]{43}$/.test(jkt) ? jkt : null;
}

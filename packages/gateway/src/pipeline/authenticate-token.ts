import { type DpopFault, IdentityError, type TokenFault } from '@wardmesh/identity';
import { routeKey } from '../front/route.ts';
import { audienceOf } from '../oauth/addresses.ts';
import type { TokenGate } from '../oauth/index.ts';
import { originOf } from '../oauth/origin.ts';
import { type Denial, deny } from '../protocol/errors.ts';
import type { Services } from '../services.ts';
import type { Call, Principal } from './call.ts';
import { lockIdOf } from './lock-id.ts';
import { settledOf } from './settled.ts';
import { tellLockout } from './tell-lockout.ts';
import { single } from './transport.ts';

/**
 * Faults of tokens that were ours: they end with their time, with their consent, or belong elsewhere. A client that shows
 * one does not guess, so these never lock anybody out; every other fault does (XR-LOCK-1).
 */
const NO_GUESS: ReadonlySet<TokenFault | DpopFault> = new Set<TokenFault | DpopFault>([
  'expired',
  'revoked',
  'session over',
  'unknown key',
  'audience',
  'scheme',
  'proof missing',
  'stale',
  'future',
  'nonce',
]);

const SIGN_IN = 'Sign in where WWW-Authenticate says.';

/** What is asked for, where it is no MCP endpoint: its path, and the audience of tokens for it. */
interface Place {
  readonly path: string;
  readonly audience: string;
}

function placeOf(issuer: string, route: Call['route']): Place {
  return { path: routeKey(route), audience: audienceOf(issuer, route) };
}

/** The principal of an OAuth access token: the person, the client that acts for them, and what it may do (A2, A3, A5). */
export async function authenticateToken(
  services: Services,
  gate: TokenGate,
  { inbound, route, place = placeOf(gate.issuer, route) }: Pick<Call, 'inbound' | 'route'> & { readonly place?: Place },
  authorization: string,
): Promise<{ readonly principal: Principal } | Denial> {
  const claimed = gate.claimedBy(authorization);
  const lockId = lockIdOf(inbound.remoteAddress, claimed);
  const now = services.clock.now();
  const lock = services.lockout.check(lockId, now);
  if (!lock.allowed) return deny('LOCKED_OUT', { retryAfter: lock.retryAfter, detail: claimed });
  const proof = single(inbound, 'dpop');
  try {
    const principal = await gate.admit({
      authorization,
      ...(proof !== undefined && { proof }),
      method: inbound.method,
      // The host is one of ours: it was checked by the layer before.
      url: `${originOf(inbound, gate.issuer) ?? ''}${place.path}`,
      audience: place.audience,
    });
    const settled = settledOf(services.lockout);
    if (!settled.get(lockId)) {
      settled.set(lockId, true);
      await services.lockout.succeed(lockId, now);
    }
    return { principal };
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    const reason = error.details.reason as TokenFault | DpopFault;
    const isProof = error.code === 'IDENTITY_DPOP_REFUSED' || reason === 'proof missing';
    services.metrics.authFailure(isProof ? 'dpop' : 'access_token');
    if (!NO_GUESS.has(reason)) {
      const after = await services.lockout.fail(lockId, now);
      settledOf(services.lockout).delete(lockId);
      if (!after.allowed) tellLockout(services, claimed, after.retryAfter);
    }
    return deny('AUTHENTICATION_REQUIRED', {
      hint: SIGN_IN,
      challenge: { error: isProof ? 'invalid_dpop_proof' : 'invalid_token', publicUrl: gate.issuer },
      detail: `${claimed}: ${reason}`,
    });
  }
}

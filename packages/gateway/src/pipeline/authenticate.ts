import { isJsonObject, type JsonObject } from '@wardmesh/core';
import { MAX_CLIENT_FACTS_BYTES } from '../front/limits.ts';
import type { Sessions } from '../front/sessions.ts';
import { type Denial, deny } from '../protocol/errors.ts';
import { eraOf, META_CLIENT_CAPABILITIES, META_CLIENT_INFO } from '../protocol/revision.ts';
import type { Services } from '../services.ts';
import { authenticateToken } from './authenticate-token.ts';
import type { Call, Layer, Principal } from './call.ts';
import { lockIdOf } from './lock-id.ts';
import { settledOf } from './settled.ts';
import { tellLockout } from './tell-lockout.ts';
import { single } from './transport.ts';

/**
 * Layer 3. The bearer token becomes a principal, the session id (or the stateless request's `_meta`) that principal's
 * session. Failures count towards lockout and all look the same from outside, in time too: the token is hashed before
 * it is looked up, whether or not any agent has it (XR-ERR-2).
 */
export function authenticateLayer(services: Services, sessions: Sessions): Layer {
  return {
    name: 'authenticate',
    run(call) {
      const admitted = authenticate(services, call);
      if (admitted instanceof Promise) {
        return admitted.then((outcome) =>
          'principal' in outcome ? openSession(call, sessions, outcome.principal) : outcome,
        );
      }
      return 'principal' in admitted ? openSession(call, sessions, admitted.principal) : admitted;
    },
  };
}

const SIGN_IN = 'Send Authorization: Bearer with an agent token, or sign in where WWW-Authenticate says.';

type Admission = { readonly principal: Principal } | Denial;

/** The principal of a request's token. Used for GET and DELETE too, which are not calls. */
export function authenticate(
  services: Services,
  call: Pick<Call, 'inbound'> & Partial<Pick<Call, 'route'>>,
): Admission | Promise<Admission> {
  const header = single(call.inbound, 'authorization');
  // No token at all is a client that does not know yet how to sign in, not a guess.
  const gate = services.oauth?.();
  const place = gate && { publicUrl: gate.issuer };
  if (header === undefined)
    return deny('AUTHENTICATION_REQUIRED', { hint: SIGN_IN, ...(place && { challenge: place }) });
  if (gate?.isFor(header) && call.route !== undefined) {
    return authenticateToken(services, gate, { inbound: call.inbound, route: call.route }, header);
  }
  const token = bearerToken(header);
  const claimed = services.agents.claimedBy(token);
  const lockId = lockIdOf(call.inbound.remoteAddress, claimed);
  const now = services.clock.now();
  const lock = services.lockout.check(lockId, now);
  if (!lock.allowed) return deny('LOCKED_OUT', { retryAfter: lock.retryAfter, detail: claimed });
  const principal = services.agents.authenticate(token);
  if (principal) {
    const settled = settledOf(services.lockout);
    if (settled.get(lockId)) return { principal };
    settled.set(lockId, true);
    return services.lockout.succeed(lockId, now).then(() => ({ principal }));
  }
  return services.lockout.fail(lockId, now).then((after) => {
    services.metrics.authFailure('agent_token');
    settledOf(services.lockout).delete(lockId);
    if (!after.allowed) tellLockout(services, claimed, after.retryAfter);
    return deny('AUTHENTICATION_REQUIRED', {
      hint: SIGN_IN,
      challenge: { error: 'invalid_token', ...place },
      detail: claimed,
    });
  });
}

function bearerToken(header: string | undefined): string | undefined {
  const match = header === undefined ? null : /^Bearer +([A-Za-z0-9._~+/=-]{1,512})$/i.exec(header);
  return match?.[1];
}

/** Whether capabilities and client info are small enough to keep; looked at only where the whole message is not. */
function keeps(call: Call, ...facts: unknown[]): boolean {
  if ((call.inbound.body?.length ?? 0) <= MAX_CLIENT_FACTS_BYTES) return true;
  return JSON.stringify(facts).length <= MAX_CLIENT_FACTS_BYTES;
}

function tooMuch(): Denial {
  return deny('PARAMS_INVALID', { hint: 'Capabilities and client info are larger than 16 KiB.' });
}

function openSession(call: Call, sessions: Sessions, principal: Principal): Denial | undefined {
  call.principal = principal;
  if (call.era === 'stateless' && call.parsed.kind === 'request') {
    const meta = call.request.params?._meta;
    const capabilities = isJsonObject(meta) ? meta[META_CLIENT_CAPABILITIES] : undefined;
    const info = isJsonObject(meta) ? meta[META_CLIENT_INFO] : undefined;
    if (!keeps(call, capabilities, info)) return tooMuch();
    call.session = sessions.implicit(
      principal,
      call.route,
      isJsonObject(capabilities) ? capabilities : {},
      isJsonObject(info) ? info : undefined,
    );
    return undefined;
  }
  if (call.parsed.kind === 'request' && call.request.method === 'initialize') {
    const params: JsonObject = call.request.params ?? {};
    if (!keeps(call, params.capabilities, params.clientInfo)) return tooMuch();
    call.session = sessions.open(
      principal,
      call.route,
      call.revision,
      isJsonObject(params.capabilities) ? params.capabilities : {},
      isJsonObject(params.clientInfo) ? params.clientInfo : undefined,
    );
    return undefined;
  }
  const id = single(call.inbound, 'mcp-session-id');
  if (id === undefined) return deny('SESSION_MISSING', { hint: 'Call initialize first.' });
  const session = sessions.find(id, principal, call.route);
  if (!session) return deny('SESSION_UNKNOWN', { hint: 'Call initialize again.' });
  const announced = single(call.inbound, 'mcp-protocol-version');
  if (announced !== undefined && announced !== session.revision) {
    return deny('REVISION_UNSUPPORTED', {
      hint: `This session negotiated ${session.revision}.`,
      data: { supported: [session.revision] },
    });
  }
  call.session = session;
  call.revision = session.revision;
  call.era = eraOf(session.revision);
  return undefined;
}

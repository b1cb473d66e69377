import { canonicalize, type Random, toBase64Url, uuid } from '@wardmesh/core';
import { ApprovalError } from './error.ts';
import {
  DEFAULT_LIFETIME,
  MAX_BINDING_BYTES,
  MAX_LIFETIME,
  MAX_QUORUM,
  MAX_REASON_LENGTH,
  MAX_REASONS,
  MIN_LIFETIME,
} from './limits.ts';
import { bindingHash, type ContentHash } from './message.ts';
import type { ApprovalBinding, ApprovalCall, ApprovalRequest } from './request.ts';

/** What the gateway asks approval for. */
export interface ApprovalAsk {
  readonly call: ApprovalCall;
  /** Rules that ask for it, for the person to read. */
  readonly reason: readonly string[];
  /** Distinct signers needed; default 1. */
  readonly quorum?: number;
  readonly eligible?: readonly string[];
  /** ms; default {@link DEFAULT_LIFETIME}. */
  readonly lifetime?: number;
}

const HASH = /^sha256:[0-9a-f]{64}$/;

/** A new pending request with its own nonce. @throws ApprovalError APPROVAL_INVALID */
export function createRequest(
  ask: ApprovalAsk,
  now: number,
  random: Random,
  contentHash: ContentHash,
): ApprovalRequest {
  const lifetime = ask.lifetime ?? DEFAULT_LIFETIME;
  const quorum = ask.quorum ?? 1;
  if (!Number.isSafeInteger(lifetime) || lifetime < MIN_LIFETIME || lifetime > MAX_LIFETIME) {
    throw invalid('its lifetime is out of range');
  }
  if (!Number.isInteger(quorum) || quorum < 1 || quorum > MAX_QUORUM) throw invalid('its quorum is out of range');
  if (ask.eligible !== undefined) {
    const others = new Set(ask.eligible);
    others.delete(ask.call.principal);
    if (others.size < quorum) throw invalid('it names fewer approvers than its quorum');
  }
  if (ask.reason.length > MAX_REASONS || ask.reason.some((rule) => rule.length > MAX_REASON_LENGTH)) {
    throw invalid('its reason is too long');
  }
  if (!HASH.test(ask.call.pin) || !HASH.test(ask.call.argumentsHash)) throw invalid('it carries a malformed hash');
  const createdAt = Math.floor(now);
  const expiresAt = createdAt + lifetime;
  const binding = snapshot(ask.call, toBase64Url(random.bytes(32)), expiresAt);
  return {
    id: uuid(random),
    revision: 1,
    createdAt,
    expiresAt,
    binding,
    over: bindingHash(binding, contentHash),
    reason: [...ask.reason],
    quorum,
    ...(ask.eligible !== undefined && { eligible: [...new Set(ask.eligible)] }),
    state: 'pending',
    signatures: [],
  };
}

/** A copy that later changes of the caller's objects cannot reach. */
function snapshot(call: ApprovalCall, nonce: string, expiry: number): ApprovalBinding {
  let text: string;
  try {
    text = canonicalize({
      server: call.server,
      tool: call.tool,
      pin: call.pin,
      arguments: call.arguments,
      argumentsHash: call.argumentsHash,
      principal: call.principal,
      policyVersion: call.policyVersion,
      nonce,
      expiry,
    });
  } catch (cause) {
    throw new ApprovalError('APPROVAL_INVALID', 'the call has no canonical form', { cause });
  }
  if (text.length > MAX_BINDING_BYTES) throw invalid('its arguments are too large');
  return JSON.parse(text) as ApprovalBinding;
}

function invalid(why: string): ApprovalError {
  return new ApprovalError('APPROVAL_INVALID', `the request is refused: ${why}`);
}

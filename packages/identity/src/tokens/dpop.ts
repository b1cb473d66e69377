import { BoundedCache, type Clock, toBase64Url } from '@wardmesh/core';
import { sha256Text } from '@wardmesh/crypto';
import { compactVerify } from 'jose';
import { DPOP_AGE_SECONDS, DPOP_AHEAD_SECONDS, MAX_JTI_LENGTH, MAX_PROOF_KEYS } from '../limits.ts';
import type { SingleUse } from '../sign-in/ports.ts';
import { readCompact } from './compact.ts';
import type { DpopNonces } from './dpop-nonces.ts';
import { dpopRefused } from './fault.ts';
import { importProofKey, type ProofKey } from './proof-key.ts';

export interface DpopRequest {
  /** The `DPoP` header's one value. */
  readonly proof: string;
  /** The request's method, upper case. */
  readonly method: string;
  /** The request's absolute URL as the client sees it, from our configuration, not from its Host header. */
  readonly url: string;
  /** The access token beside it: the proof must name its hash. Absent at the token endpoint. */
  readonly accessToken?: string;
  /** The key the access token is bound to. */
  readonly thumbprint?: string;
}

export interface DpopOptions {
  readonly clock: Clock;
  readonly replays: SingleUse;
  /** Where given, every proof must carry a nonce of ours (RFC 9449 §9). */
  readonly nonces?: DpopNonces;
}

const HEADER = new Set(['alg', 'typ', 'jwk']);

/** Verifies DPoP proofs (RFC 9449 §4.3). */
export class Dpop {
  readonly #options: DpopOptions;
  readonly #keys = new BoundedCache<string, ProofKey>(MAX_PROOF_KEYS);

  constructor(options: DpopOptions) {
    this.#options = options;
  }

  /** The thumbprint of the key that made the proof. @throws IdentityError IDENTITY_DPOP_REFUSED, or what the store throws */
  async verify(request: DpopRequest): Promise<string> {
    const parts = readCompact(request.proof);
    if (typeof parts === 'string') throw dpopRefused(parts);
    const { header, payload } = parts;
    if (Object.keys(header).some((name) => !HEADER.has(name))) throw dpopRefused('header');
    if (header.typ !== 'dpop+jwt') throw dpopRefused('type');
    const key = await this.#key(header.jwk);
    if (key === undefined) throw dpopRefused('key');
    if (header.alg !== key.alg) throw dpopRefused('algorithm');

    const { jti, htm, htu, iat, ath, nonce } = payload;
    if (typeof jti !== 'string' || jti.length === 0 || jti.length > MAX_JTI_LENGTH) throw dpopRefused('claims');
    if (!Number.isSafeInteger(iat)) throw dpopRefused('claims');
    if (htm !== request.method) throw dpopRefused('method');
    const uri = bareUrl(request.url);
    if (uri === undefined || bareUrl(htu) !== uri) throw dpopRefused('URI');
    const now = this.#options.clock.now();
    const age = now / 1_000 - (iat as number);
    if (age > DPOP_AGE_SECONDS) throw dpopRefused('stale');
    if (age < -DPOP_AHEAD_SECONDS) throw dpopRefused('future');
    const tokenHash = request.accessToken === undefined ? undefined : toBase64Url(sha256Text(request.accessToken));
    if (tokenHash !== undefined && ath !== tokenHash) throw dpopRefused('access token');
    if (request.thumbprint !== undefined && request.thumbprint !== key.thumbprint) throw dpopRefused('other key');
    if (this.#options.nonces?.accepts(nonce, now) === false) throw dpopRefused('nonce');
    try {
      await compactVerify(request.proof, key.key, { algorithms: [key.alg] });
    } catch {
      throw dpopRefused('signature');
    }
    // Last, so that only genuine proofs are remembered, each under its key: one client cannot burn another's ids.
    const until = ((iat as number) + DPOP_AGE_SECONDS + 1) * 1_000;
    if (!(await this.#options.replays.use(`dpop:${key.thumbprint}:${jti}`, until))) throw dpopRefused('replayed');
    return key.thumbprint;
  }

  async #key(jwk: unknown): Promise<ProofKey | undefined> {
    const name = JSON.stringify(jwk) ?? '';
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const key = await importProofKey(jwk);
    if (key !== undefined) this.#keys.set(name, key);
    return key;
  }
}

/** RFC 9449 §4.3 (9): the URI without query and fragment, in the normal form of the URL standard. */
function bareUrl(text: unknown): string | undefined {
  if (typeof text !== 'string' || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if ((url.protocol !== 'https:' && url.protocol !== 'http:') || url.username !== '' || url.password !== '') {
    return undefined;
  }
  return url.origin + url.pathname;
}

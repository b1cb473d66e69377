import { createHash, createPrivateKey, generateKeyPairSync, type JsonWebKey, sign } from 'node:crypto';
import { type JsonObject, toBase64Url, utf8 } from '@wardmesh/core';
import type { Context } from '../context.ts';

/** A key that tokens are bound to (RFC 9449): a token that is copied without it is worth nothing. Private JWK, P-256. */
export type DpopJwk = JsonObject;

export function makeDpopKey(): DpopJwk {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }) as DpopJwk;
}

/** The proof that goes with one request. @param accessToken absent at the token endpoint */
export function dpopProof(
  { clock, random }: Pick<Context, 'clock' | 'random'>,
  jwk: DpopJwk,
  method: string,
  url: URL,
  accessToken?: string,
): string {
  const { kty, crv, x, y } = jwk;
  const head = encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } });
  const body = encode({
    jti: toBase64Url(random.bytes(16)),
    htm: method,
    htu: `${url.origin}${url.pathname}`,
    iat: Math.floor(clock.now() / 1_000),
    ...(accessToken !== undefined && { ath: createHash('sha256').update(accessToken).digest('base64url') }),
  });
  const key = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
  const signature = sign('sha256', utf8(`${head}.${body}`), { key, dsaEncoding: 'ieee-p1363' });
  return `${head}.${body}.${toBase64Url(signature)}`;
}

function encode(value: object): string {
  return toBase64Url(utf8(JSON.stringify(value)));
}

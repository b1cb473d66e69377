import { type CryptoKey, SignJWT } from 'jose';
import type { AccessClaims } from './claims.ts';
import type { TokenAlgorithm } from './keys.ts';

export interface TokenSigner {
  readonly kid: string;
  readonly alg: TokenAlgorithm;
  readonly privateKey: CryptoKey;
}

/** An RFC 9068 access token. What it says is checked when it comes back, see parseClaims. */
export async function issueAccessToken(signer: TokenSigner, claims: AccessClaims): Promise<string> {
  return new SignJWT({
    iss: claims.issuer,
    sub: claims.subject,
    aud: claims.audience,
    client_id: claims.clientId,
    iat: claims.issuedAt,
    exp: claims.expires,
    jti: claims.tokenId,
    ...(claims.scopes.length > 0 && { scope: claims.scopes.join(' ') }),
    ...(claims.keyThumbprint !== undefined && { cnf: { jkt: claims.keyThumbprint } }),
    ...(claims.session && { sid: claims.session.id, sv: claims.session.version }),
  })
    .setProtectedHeader({ alg: signer.alg, typ: 'at+jwt', kid: signer.kid })
    .sign(signer.privateKey);
}

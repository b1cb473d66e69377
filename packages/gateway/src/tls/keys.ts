import { createPrivateKey, createPublicKey } from 'node:crypto';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
export const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** A new P-256 key, or the one in a PKCS#8 PEM. Key material comes from the system's CSPRNG inside the library. */
export async function keyPair(pem: string | undefined): Promise<CryptoKeyPair> {
  if (pem === undefined) return crypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const privateKey = createPrivateKey(pem);
  const pkcs8 = new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }));
  const spki = new Uint8Array(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }));
  return {
    privateKey: await crypto.subtle.importKey('pkcs8', pkcs8, P256, true, ['sign']),
    publicKey: await crypto.subtle.importKey('spki', spki, P256, true, ['verify']),
  };
}

export async function privateKeyPem(keys: CryptoKeyPair): Promise<string> {
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString();
}

import type { Algorithm } from '@wardmesh/vault';
import { withinDeadline } from '../deadline.ts';
import { vaultError } from '../error.ts';
import { TOKEN_SIGNATURE_BYTES, TOKEN_TIMEOUT } from '../limits.ts';
import type { KeyBackend, MadeKey } from '../managed/backend.ts';
import { canonicalFromRaw } from '../signature/canonical.ts';
import { sha512Half } from '../signature/prehash.ts';
import { fromEcPoint } from '../signature/public-key.ts';
import { pkcs11Capabilities } from './capabilities.ts';
import {
  CKA_DERIVE,
  CKA_EC_PARAMS,
  CKA_EC_POINT,
  CKA_EXTRACTABLE,
  CKA_ID,
  CKA_KEY_TYPE,
  CKA_LABEL,
  CKA_MODIFIABLE,
  CKA_PRIVATE,
  CKA_SENSITIVE,
  CKA_SIGN,
  CKA_TOKEN,
  CKA_VERIFY,
  CKK_EC,
  CKK_EC_EDWARDS,
  CKM_EC_EDWARDS_KEY_PAIR_GEN,
  CKM_EC_KEY_PAIR_GEN,
  CKM_ECDSA,
  CKM_EDDSA,
  CKO_PRIVATE_KEY,
  CKO_PUBLIC_KEY,
} from './constants.ts';
import { assertKeptInside, findObject, idOf } from './objects.ts';
import type { Token, TokenSession } from './token.ts';

interface Kind {
  readonly generate: number;
  readonly sign: number;
  readonly keyType: number;
  /** CKA_EC_PARAMS: the DER object identifier of the curve. */
  readonly curve: Buffer;
}

const KINDS: Readonly<Record<Algorithm, Kind>> = {
  secp256k1: {
    generate: CKM_EC_KEY_PAIR_GEN,
    sign: CKM_ECDSA,
    keyType: CKK_EC,
    curve: Buffer.from('06052b8104000a', 'hex'), // 1.3.132.0.10
  },
  ed25519: {
    generate: CKM_EC_EDWARDS_KEY_PAIR_GEN,
    sign: CKM_EDDSA,
    keyType: CKK_EC_EDWARDS,
    curve: Buffer.from('06032b6570', 'hex'), // 1.3.101.112
  },
};
const SIGNATURE_BYTES = 64;

/** Keys inside a token: made there, sensitive, never extractable, found by CKA_ID. */
export function pkcs11Backend(token: Token, walletId: string): KeyBackend {
  const { mechanisms } = token;
  const algorithms = (Object.keys(KINDS) as Algorithm[]).filter((algorithm) =>
    [KINDS[algorithm].generate, KINDS[algorithm].sign].every((mechanism) => mechanisms.includes(mechanism)),
  );
  return {
    capabilities: pkcs11Capabilities(token, algorithms),
    makeKey: (keyId, algorithm) =>
      token.run(async (session) => {
        const key =
          findObject(session, CKO_PRIVATE_KEY, idOf(keyId)) ?? (await generate(session, keyId, algorithm, walletId));
        assertKeptInside(session, key);
        return { reference: keyId, publicKey: readPublicKey(session, keyId, algorithm) };
      }),
    sign: ({ reference }, algorithm, message) =>
      token.run(async (session) => {
        const key = findObject(session, CKO_PRIVATE_KEY, idOf(reference));
        if (key === undefined) {
          const hint = 'Is it the same token, and has nobody cleared it?';
          throw vaultError('VAULT_PROVIDER_UNAVAILABLE', 'the token no longer shows the key', { hint });
        }
        const input = algorithm === 'ed25519' ? Buffer.from(message) : sha512Half(message);
        session.cryptoki.C_SignInit(session.handle, { mechanism: KINDS[algorithm].sign }, key);
        const room = Buffer.alloc(TOKEN_SIGNATURE_BYTES);
        const made = await withinDeadline(session.cryptoki.C_SignAsync(session.handle, input, room), TOKEN_TIMEOUT);
        if (made.length !== SIGNATURE_BYTES) {
          throw vaultError('VAULT_PROVIDER_FAULT', 'the token answered with what is no signature');
        }
        return algorithm === 'ed25519' ? new Uint8Array(made) : canonicalFromRaw(made);
      }),
    // A token has no such state; the sealed register alone says which key signs.
    enable: async () => undefined,
    disable: async () => undefined,
    destroyKey: (keyId, _key?: MadeKey) =>
      token.run(async (session) => {
        for (const objectClass of [CKO_PRIVATE_KEY, CKO_PUBLIC_KEY]) {
          const object = findObject(session, objectClass, idOf(keyId));
          if (object !== undefined) session.cryptoki.C_DestroyObject(session.handle, object);
        }
      }),
  };
}

/** Makes the pair inside. The public half is private too: without the PIN nobody puts another in its place. */
async function generate(
  { cryptoki, handle }: TokenSession,
  keyId: string,
  algorithm: Algorithm,
  walletId: string,
): Promise<Buffer> {
  const { generate: mechanism, keyType, curve } = KINDS[algorithm];
  const both = [
    { type: CKA_TOKEN, value: true },
    { type: CKA_PRIVATE, value: true },
    { type: CKA_MODIFIABLE, value: false },
    { type: CKA_KEY_TYPE, value: keyType },
    { type: CKA_ID, value: idOf(keyId) },
    { type: CKA_LABEL, value: `wardmesh ${walletId}` },
  ];
  const publicHalf = [...both, { type: CKA_VERIFY, value: true }, { type: CKA_EC_PARAMS, value: curve }];
  const privateHalf = [
    ...both,
    { type: CKA_SENSITIVE, value: true },
    { type: CKA_EXTRACTABLE, value: false },
    { type: CKA_SIGN, value: true },
    { type: CKA_DERIVE, value: false },
  ];
  const pair = cryptoki.C_GenerateKeyPairAsync(handle, { mechanism }, publicHalf, privateHalf);
  return (await withinDeadline(pair, TOKEN_TIMEOUT)).privateKey;
}

function readPublicKey(session: TokenSession, keyId: string, algorithm: Algorithm): Uint8Array {
  const object = findObject(session, CKO_PUBLIC_KEY, idOf(keyId));
  if (object === undefined) throw vaultError('VAULT_PROVIDER_FAULT', 'the token has the key without its public half');
  const [point] = session.cryptoki.C_GetAttributeValue(session.handle, object, [{ type: CKA_EC_POINT }]);
  return fromEcPoint(algorithm, point!.value);
}

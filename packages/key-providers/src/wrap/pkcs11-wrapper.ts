import { concatBytes, isCoded, type Random, utf8 } from '@wardmesh/core';
import { assertKeyId, type KeyWrapper, SecureBuffer } from '@wardmesh/vault';
import { withinDeadline } from '../deadline.ts';
import { vaultError } from '../error.ts';
import { TOKEN_TIMEOUT } from '../limits.ts';
import { pkcs11Capabilities } from '../pkcs11/capabilities.ts';
import {
  CKA_DECRYPT,
  CKA_ENCRYPT,
  CKA_EXTRACTABLE,
  CKA_ID,
  CKA_KEY_TYPE,
  CKA_LABEL,
  CKA_MODIFIABLE,
  CKA_PRIVATE,
  CKA_SENSITIVE,
  CKA_TOKEN,
  CKA_UNWRAP,
  CKA_VALUE_LEN,
  CKA_WRAP,
  CKK_AES,
  CKM_AES_GCM,
  CKM_AES_KEY_GEN,
  CKO_SECRET_KEY,
  CKR_ENCRYPTED_DATA_INVALID,
  CKR_ENCRYPTED_DATA_LEN_RANGE,
  CKR_GENERAL_ERROR,
} from '../pkcs11/constants.ts';
import { returnValue } from '../pkcs11/errors.ts';
import { assertKeptInside, findObject, idOf } from '../pkcs11/objects.ts';
import type { Token, TokenSession } from '../pkcs11/token.ts';
import { assertContext, assertWrappable, disclose, enclose, notGenuine } from './envelope.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** The bridge's name for CK_GCM_PARAMS with ulIvBits, as PKCS #11 v2.40 errata and later have it. */
const GCM_PARAMETERS = 7;
/** What tokens say of a wrong tag; some have no better word than that something went wrong. */
const WRONG_TAG: readonly (number | undefined)[] = [
  CKR_ENCRYPTED_DATA_INVALID,
  CKR_ENCRYPTED_DATA_LEN_RANGE,
  CKR_GENERAL_ERROR,
];

/**
 * Wraps under an AES-256-GCM key inside a token, made there at the first use. The context is the additional data.
 * @param keyId chosen by the caller, `key_` and 32 hex digits
 */
export function pkcs11Wrapper(token: Token, keyId: string, random: Random): KeyWrapper {
  assertKeyId(keyId);
  const gcm = (iv: Uint8Array, context: string) => ({
    mechanism: CKM_AES_GCM,
    parameter: {
      type: GCM_PARAMETERS,
      iv: Buffer.from(iv),
      aad: Buffer.from(utf8(context)),
      ivBits: IV_BYTES * 8,
      tagBits: TAG_BYTES * 8,
    },
  });
  return {
    capabilities: pkcs11Capabilities(token, []),
    async wrapKey(key, context) {
      assertWrappable(key);
      assertContext(context);
      const iv = random.bytes(IV_BYTES);
      return token.run(async (session) => {
        const handle = findObject(session, CKO_SECRET_KEY, idOf(keyId)) ?? (await makeKey(session, keyId));
        assertKeptInside(session, handle);
        using plain = SecureBuffer.from(key);
        session.cryptoki.C_EncryptInit(session.handle, gcm(iv, context), handle);
        const room = Buffer.alloc(key.length + TAG_BYTES);
        const work = session.cryptoki.C_EncryptAsync(session.handle, plain.getBuffer(), room);
        return enclose(concatBytes(iv, await withinDeadline(work, TOKEN_TIMEOUT)));
      });
    },
    async unwrapKey(wrapped, context) {
      assertContext(context);
      const sealed = disclose(wrapped);
      if (sealed.length < IV_BYTES + TAG_BYTES) throw notGenuine();
      return token.run(async (session) => {
        const handle = findObject(session, CKO_SECRET_KEY, idOf(keyId));
        if (handle === undefined) throw vaultError('VAULT_PROVIDER_UNAVAILABLE', 'the token no longer shows the key');
        const room = Buffer.from(new ArrayBuffer(sealed.length));
        try {
          session.cryptoki.C_DecryptInit(session.handle, gcm(sealed.subarray(0, IV_BYTES), context), handle);
          const work = session.cryptoki.C_DecryptAsync(session.handle, Buffer.from(sealed.subarray(IV_BYTES)), room);
          return SecureBuffer.take(await withinDeadline(work, TOKEN_TIMEOUT));
        } catch (error) {
          if (!isCoded(error) && WRONG_TAG.includes(returnValue(error))) throw notGenuine(error);
          throw error;
        } finally {
          room.fill(0);
        }
      });
    },
  };
}

async function makeKey({ cryptoki, handle }: TokenSession, keyId: string): Promise<Buffer> {
  const yes = [CKA_TOKEN, CKA_PRIVATE, CKA_SENSITIVE, CKA_ENCRYPT, CKA_DECRYPT];
  const no = [CKA_EXTRACTABLE, CKA_MODIFIABLE, CKA_WRAP, CKA_UNWRAP];
  const template = [
    ...yes.map((type) => ({ type, value: true })),
    ...no.map((type) => ({ type, value: false })),
    { type: CKA_KEY_TYPE, value: CKK_AES },
    { type: CKA_VALUE_LEN, value: 32 },
    { type: CKA_ID, value: idOf(keyId) },
    { type: CKA_LABEL, value: 'wardmesh wrapping key' },
  ];
  return withinDeadline(cryptoki.C_GenerateKeyAsync(handle, { mechanism: CKM_AES_KEY_GEN }, template), TOKEN_TIMEOUT);
}

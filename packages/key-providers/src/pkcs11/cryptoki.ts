import type { PKCS11 } from 'pkcs11js';
import { vaultError } from '../error.ts';

/** What we use of a PKCS #11 module. */
export type Cryptoki = Pick<
  PKCS11,
  | 'C_GetSlotList'
  | 'C_GetSlotInfo'
  | 'C_GetTokenInfo'
  | 'C_GetMechanismList'
  | 'C_OpenSession'
  | 'C_CloseSession'
  | 'C_Login'
  | 'C_Logout'
  | 'C_FindObjectsInit'
  | 'C_FindObjects'
  | 'C_FindObjectsFinal'
  | 'C_GetAttributeValue'
  | 'C_GenerateKeyPairAsync'
  | 'C_GenerateKeyAsync'
  | 'C_SignInit'
  | 'C_SignAsync'
  | 'C_EncryptInit'
  | 'C_EncryptAsync'
  | 'C_DecryptInit'
  | 'C_DecryptAsync'
  | 'C_DestroyObject'
>;

const LOCKING_OK = 0x2;
const ALREADY_INITIALIZED = 0x191;
const loaded = new Map<string, Cryptoki>();

/**
 * The module at `path`, initialised once in this process. It is native code: it runs with all rights of the process,
 * whatever Node's permission model says.
 * @throws VAULT_PROVIDER_UNAVAILABLE where the bridge is not built, or the module is missing or refuses
 */
export async function loadCryptoki(path: string): Promise<Cryptoki> {
  const known = loaded.get(path);
  if (known !== undefined) return known;
  const { PKCS11 } = await loadBridge();
  const module = new PKCS11();
  try {
    module.load(path);
  } catch (cause) {
    throw vaultError('VAULT_PROVIDER_UNAVAILABLE', `the PKCS #11 module ${path} cannot be loaded`, {
      hint: 'For SoftHSM on Debian: apt-get install softhsm2, /usr/lib/softhsm/libsofthsm2.so.',
      cause,
    });
  }
  try {
    // Signing runs on other threads.
    module.C_Initialize({ flags: LOCKING_OK });
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== ALREADY_INITIALIZED) {
      throw vaultError('VAULT_PROVIDER_UNAVAILABLE', `the PKCS #11 module ${path} refuses to start`, { cause });
    }
  }
  loaded.set(path, module);
  return module;
}

async function loadBridge() {
  try {
    return (await import('pkcs11js')).default;
  } catch (cause) {
    throw vaultError('VAULT_PROVIDER_UNAVAILABLE', 'the bridge to PKCS #11 modules (pkcs11js) is not built', {
      hint: 'Build it once: build-pkcs11.sh in the folder of @wardmesh/key-providers (needs g++).',
      cause,
    });
  }
}

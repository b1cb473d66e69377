import { vaultError } from '../error.ts';
import { type Bundle, decodeBundle, encodeBundle } from './data-key.ts';
import { type EncryptedWallet, parseWallet, serializeWallet } from './encrypted-wallet.ts';
import { newEncryption, openWithPassword, type PasswordBoxOptions, sealWithPassword } from './password-box.ts';
import { assertPlace, type WalletPlace } from './place.ts';

export interface OpenedWallet extends Disposable {
  readonly bundle: Bundle;
  readonly metadata: EncryptedWallet['metadata'];
}

/**
 * Bytes of a wallet's file (XR-FILE-1). What the password key seals is the data key with the keys that it sealed
 * before: header, metadata and the wallet's place are authenticated with it.
 */
export async function sealWallet(
  password: Uint8Array,
  bundle: Omit<Bundle, typeof Symbol.dispose>,
  metadata: EncryptedWallet['metadata'],
  place: WalletPlace,
  options: PasswordBoxOptions,
): Promise<Uint8Array> {
  assertPlace(place);
  const encryption = newEncryption(options);
  using plaintext = encodeBundle(bundle);
  const data = await sealWithPassword(password, plaintext.getBuffer(), encryption, boundTo(metadata, place), options);
  return serializeWallet({ version: 1, encryption, data, metadata });
}

/**
 * Opens a wallet's file; the caller disposes of it.
 * @throws VAULT_FORMAT, VAULT_KDF_REFUSED, VAULT_NOT_GENUINE (a wrong password, any changed byte, or another's file)
 */
export async function openWallet(
  password: Uint8Array,
  bytes: Uint8Array,
  place: WalletPlace,
  options: Pick<PasswordBoxOptions, 'deriveKey'>,
): Promise<OpenedWallet> {
  assertPlace(place);
  const parsed = parseWallet(bytes);
  if (!parsed.ok) throw vaultError(parsed.error, 'not a wallet file of version 1');
  const { encryption, data, metadata } = parsed.value;
  using plaintext = await openWithPassword(password, data, encryption, boundTo(metadata, place), options);
  const bundle = decodeBundle(plaintext);
  return { bundle, metadata, [Symbol.dispose]: () => bundle[Symbol.dispose]() };
}

function boundTo(metadata: EncryptedWallet['metadata'], { network, walletId }: WalletPlace): object {
  return { purpose: 'wardmesh/v1/wallet-file', version: 1, network, walletId, metadata };
}

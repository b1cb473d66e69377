import type { SignerClient, Wallet } from '@wardmesh/signer/client';
import type { SecureBuffer } from '@wardmesh/vault';
import type { Context } from '../context.ts';
import { usage } from '../error.ts';
import { type PinOptions, pin } from './passwords.ts';

/** Where the key that signs is: what opens it follows from that. */
export type KeyPlace = 'vault' | 'token' | 'service';

/** Where a wallet's regular key is, or will be once it is secured. */
export function regularPlace({ protection }: Wallet): KeyPlace {
  return placeOfKind(protection.kind);
}

/** Where the key is that signs now: until it is secured, the master key in the vault. */
export function signingPlace(wallet: Wallet): KeyPlace {
  const isSecured = wallet.keys.some(({ role, state }) => role === 'regular' && state === 'active');
  return isSecured ? regularPlace(wallet) : 'vault';
}

function placeOfKind(kind: string): KeyPlace {
  if (kind === 'local-file') return 'vault';
  return kind === 'pkcs11' ? 'token' : 'service';
}

/** Where the provider of this name keeps keys. @throws CodedError USAGE where none of this name is configured */
export async function placeOf(signer: SignerClient, provider: string | undefined): Promise<KeyPlace> {
  if (provider === undefined) return 'vault';
  const { providers } = (await signer.request('status', {})).result;
  const found = providers.find(({ name }) => name === provider);
  if (found !== undefined) return placeOfKind(found.kind);
  const names = providers.map(({ name }) => name).join(', ');
  throw usage(
    `no provider of keys is called ${provider}`,
    names === ''
      ? 'Name one in operator/providers.json (docs/keys.md shows how) and start ward up again.'
      : `There are: ${names}.`,
  );
}

/** The PIN where a token asks for one; undefined for every other place. */
export async function pinFor(
  context: Context,
  options: PinOptions,
  place: KeyPlace,
  name: string,
): Promise<SecureBuffer | undefined> {
  return place === 'token' ? pin(context, options, name) : undefined;
}

/** What people must know once a key that cannot leave its provider is the only one that the ledger takes. */
export function warningsOf(wallet: Wallet): string[] {
  if (signingPlace(wallet) === 'vault') return [];
  return [
    'No backup holds the key that signs now, and the ledger takes no other: if its provider is lost, so is the account,',
    'unless the account has a signer list.',
  ];
}

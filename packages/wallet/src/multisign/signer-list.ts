import { err, ok, type Result } from '@wardmesh/core';
import { WalletError } from '../error.ts';
import { MAX_SIGNERS } from '../limits.ts';
import { type Address, accountId, isClassicAddress } from '../xrpl/address.ts';

/** Who may sign for an account and what each signature weighs, as its SignerList on the ledger says. */
export interface SignerList {
  readonly quorum: number;
  readonly signers: readonly {
    readonly address: Address;
    readonly weight: number;
    /** Public keys that sign for this address: its master key's own is known from the address; a regular key must stand here. Upper-case hex. */
    readonly regularKeys?: readonly string[];
  }[];
}

/** Holds a list to what the ledger takes: 1–32 distinct signers of weight 1–65,535, none the account itself, quorum within reach. @returns INVALID_SIGNER_LIST */
export function checkSignerList(list: SignerList, account: Address): Result<SignerList, WalletError> {
  const fault = (message: string) => err(new WalletError('INVALID_SIGNER_LIST', message));
  const { signers, quorum } = list;
  if (signers.length < 1 || signers.length > MAX_SIGNERS) return fault(`a signer list has 1 to ${MAX_SIGNERS} signers`);
  if (new Set(signers.map(({ address }) => address)).size < signers.length) return fault('a signer stands twice');
  for (const { address, weight } of signers) {
    if (!isClassicAddress(address)) return fault('a signer is not an address');
    if (address === account) return fault('an account cannot be its own signer');
    if (!Number.isInteger(weight) || weight < 1 || weight > 65_535) return fault('a weight is 1 to 65535');
  }
  const reach = signers.reduce((sum, { weight }) => sum + weight, 0);
  if (!Number.isInteger(quorum) || quorum < 1 || quorum > reach) return fault('the quorum is out of reach');
  return ok(list);
}

/** The ledger's order of signers: by the bytes of their AccountIDs, never by the text of their addresses (W11). */
export function compareSigners(a: Address, b: Address): number {
  return Buffer.compare(accountId(a), accountId(b));
}

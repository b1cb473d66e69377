import { parseAccountId, parseChainId } from '../account/caip.ts';
import { MAX_MESSAGE_LENGTH, MAX_SIGNATURE_LENGTH } from '../limits.ts';
import { ethereum } from './ethereum/ethereum.ts';
import { solana } from './solana/solana.ts';
import { sui } from './sui/sui.ts';
import type { WalletKind, WalletSignature } from './wallet-kind.ts';
import { xrpl } from './xrpl/xrpl.ts';

/** The kinds of wallets we know, by CAIP-2 namespace. */
export const WALLET_KINDS: Readonly<Record<string, WalletKind>> = { solana, eip155: ethereum, xrpl, sui };

/** The kind of wallet a CAIP-2 chain asks for, with its spelling of the chain; undefined for a chain we do not know. */
export function kindOf(chain: string): { readonly kind: WalletKind; readonly chainLine: string } | undefined {
  const parsed = parseChainId(chain);
  if (!parsed.ok || !Object.hasOwn(WALLET_KINDS, parsed.value.namespace)) return undefined;
  const kind = WALLET_KINDS[parsed.value.namespace]!;
  const chainLine = kind.chainLine(parsed.value.reference);
  return chainLine === undefined ? undefined : { kind, chainLine };
}

/** Whether a CAIP-10 account is one of a chain we know, in its canonical spelling. */
export function isWalletAccount(account: string): boolean {
  const parsed = parseAccountId(account);
  if (!parsed.ok) return false;
  return kindOf(parsed.value.chain)?.kind.address(parsed.value.address) === parsed.value.address;
}

/**
 * Whether the key of a CAIP-10 account signed a text: for grants and other statements that are not sign-ins. Keys only:
 * a contract wallet's answer can change, so it proves nothing later. Never throws.
 */
export function verifyWalletMessage(account: string, text: string, proof: WalletSignature): boolean {
  if (!isWalletAccount(account) || typeof text !== 'string' || text.length > MAX_MESSAGE_LENGTH) return false;
  if (typeof proof?.signature !== 'string' || proof.signature.length > MAX_SIGNATURE_LENGTH) return false;
  const { chain, address } = (parseAccountId(account) as { value: { chain: string; address: string } }).value;
  return kindOf(chain)!.kind.verify(address, text, proof);
}

import type { AccountWord } from './message.ts';

/** What a wallet hands back, in the encodings of its own world. */
export interface WalletSignature {
  /**
   * Solana: base64 of 64 bytes. Ethereum: `0x` and hex. XRPL: hex of DER or of 64 bytes. Sui: base64 of flag, signature
   * and public key.
   */
  readonly signature: string;
  /** XRPL only: the public key, 66 hex digits; the address is derived from it. */
  readonly publicKey?: string;
}

/** One family of wallets: how it spells addresses and chains, and when a signature over text is its own. */
export interface WalletKind {
  /** CAIP-2 namespace. */
  readonly namespace: string;
  readonly word: AccountWord;
  /** The canonical spelling of an address, or undefined where it is none. */
  address(text: string): string | undefined;
  /** What stands in the Chain ID line for a CAIP-2 reference, or undefined where this kind has no such chain. */
  chainLine(reference: string): string | undefined;
  /** Whether the key of `address` signed `text` as this kind of wallet signs messages. Never throws. */
  verify(address: string, text: string, proof: WalletSignature): boolean;
}

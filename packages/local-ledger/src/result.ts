import { DEFAULT_DEFINITIONS } from 'ripple-binary-codec';

/** A result by its name, as rippled names it: `tesSUCCESS`, `tecUNFUNDED_PAYMENT`. */
export type ResultName = `${'tes' | 'tec' | 'ter' | 'tef' | 'tem' | 'tel'}${string}`;

const MESSAGES: Readonly<Record<string, string>> = {
  tesSUCCESS: 'The transaction was applied. Only final in a validated ledger.',
  tecUNFUNDED_PAYMENT: 'Insufficient XRP balance to send.',
  tecNO_DST: 'Destination does not exist.',
  tecNO_DST_INSUF_XRP: 'Destination does not exist. Too little XRP sent to create it.',
  tecNO_PERMISSION: 'No permission to perform requested operation.',
  tecINSUFFICIENT_RESERVE: 'Insufficient reserve to complete requested operation.',
  tefPAST_SEQ: 'This sequence number has already passed.',
  tefMAX_LEDGER: 'Ledger sequence too high.',
  tefALREADY: 'The exact transaction was already in this ledger.',
  tefMASTER_DISABLED: 'Master key is disabled.',
  tefBAD_AUTH: "Transaction's public key is not authorized.",
  tefBAD_QUORUM: 'Signatures provided do not meet the quorum.',
  temDISABLED: 'The transaction requires logic that is currently disabled.',
  terPRE_SEQ: 'Missing/inapplicable prior transaction.',
  terNO_ACCOUNT: 'The source account does not exist.',
  terINSUF_FEE_B: 'Account balance can not pay fee.',
  telINSUF_FEE_P: 'Fee insufficient.',
  telWRONG_NETWORK: 'Transaction specifies a Network ID that differs from that of the local node.',
};

/** The number of a result, from the codec's own definitions. @throws for a name they do not hold. */
export function resultCode(name: ResultName): number {
  const known = DEFAULT_DEFINITIONS.transactionResult.from(name) as { ordinal: number } | undefined;
  if (known === undefined) throw new RangeError(`${name} is not a result`);
  return known.ordinal;
}

export function resultMessage(name: ResultName): string {
  return MESSAGES[name] ?? `${name}.`;
}

/** Whether a transaction with this result goes into a ledger and pays its fee. */
export function isClaimed(name: ResultName): boolean {
  return name === 'tesSUCCESS' || name.startsWith('tec');
}

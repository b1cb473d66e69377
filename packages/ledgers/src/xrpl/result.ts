/** How a transaction that did not succeed failed (tx_submit, reference §2.2). */
export type FailureCategory =
  | 'local_error'
  | 'malformed'
  | 'failed_precondition'
  | 'claimed_cost_only'
  | 'retry_possible'
  | 'network_error';

export type ResultCategory = 'success' | FailureCategory;

export interface ResultFacts {
  readonly category: ResultCategory;
  /** The same signed transaction, sent again, may still succeed before its last ledger. */
  readonly retryable: boolean;
  readonly suggestion: string;
}

const CATEGORIES: Readonly<Record<string, ResultCategory>> = {
  tes: 'success',
  tec: 'claimed_cost_only',
  ter: 'retry_possible',
  tef: 'failed_precondition',
  tem: 'malformed',
  tel: 'local_error',
};

/** Local refusals that pass when the server's load does. */
const LOAD: ReadonlySet<string> = new Set([
  'telINSUF_FEE_P',
  'telCAN_NOT_QUEUE',
  'telCAN_NOT_QUEUE_BALANCE',
  'telCAN_NOT_QUEUE_BLOCKED',
  'telCAN_NOT_QUEUE_BLOCKS',
  'telCAN_NOT_QUEUE_FEE',
  'telCAN_NOT_QUEUE_FULL',
]);

const SUGGESTIONS: Readonly<Record<string, string>> = {
  tecDST_TAG_NEEDED: 'The destination demands a destination tag.',
  tecINSUFFICIENT_RESERVE: 'Add XRP: the account cannot cover its reserve.',
  tecNO_DST: 'The destination account does not exist.',
  tecNO_DST_INSUF_XRP: 'The destination does not exist yet: send at least the base reserve.',
  tecNO_PERMISSION: 'The ledger does not permit this now; for an escrow compare its times with the ledger close time.',
  tecPATH_DRY: 'No trust line or liquidity carries this payment.',
  tecUNFUNDED_PAYMENT: 'The account does not hold enough beyond its reserve.',
  tefALREADY: 'This exact transaction was submitted before: look it up by its hash.',
  tefBAD_AUTH: 'The signing key does not belong to the account: use its regular key.',
  tefMASTER_DISABLED: 'The master key is disabled: sign with the regular key.',
  tefMAX_LEDGER: 'The last ledger has passed: prepare and sign it anew.',
  tefNO_TICKET: 'The ticket was used or never made.',
  tefPAST_SEQ: 'The sequence is used: look the transaction up by its hash before preparing a new one.',
  telINSUF_FEE_P: 'The server is under load: send it again, or prepare it anew with a higher fee.',
  telWRONG_NETWORK: 'The transaction is for another network.',
  terPRE_SEQ: 'An earlier sequence is missing: submit that first.',
  terINSUF_FEE_B: 'The account cannot pay the fee.',
  terNO_ACCOUNT: 'The sending account does not exist: fund it first.',
};

const BY_CATEGORY: Readonly<Record<ResultCategory, string>> = {
  success: 'Nothing to do.',
  claimed_cost_only: 'The fee and the sequence are gone; change the transaction before signing another.',
  retry_possible: 'It may succeed later: wait, or submit it again before its last ledger.',
  failed_precondition: 'It cannot be applied as it is: read the account and prepare it anew.',
  malformed: 'The transaction is not valid: correct it and sign it anew.',
  local_error: 'This server would not take it: check the fee and the network, or use another server.',
  network_error: 'No server answered: look the transaction up by its hash before doing anything else.',
};

const RESULT = /^(tes|tec|ter|tef|tem|tel)[A-Z][A-Z0-9_]{1,60}$/;

/** Whether a text is the name of a result, known or of a later version. */
export function isResultName(text: string): boolean {
  return RESULT.test(text);
}

/** Whether a result can stand in a ledger: only success and tec do. */
export function isFinalResult(text: string): boolean {
  return isResultName(text) && (text === 'tesSUCCESS' || text.startsWith('tec'));
}

/** Category, retryability and advice of a result by its name; `network_error` for none. */
export function resultFacts(result: string | undefined): ResultFacts {
  const category = result === undefined ? 'network_error' : (CATEGORIES[result.slice(0, 3)] ?? 'local_error');
  return {
    category,
    retryable: category === 'retry_possible' || category === 'network_error' || LOAD.has(result ?? ''),
    suggestion: SUGGESTIONS[result ?? ''] ?? BY_CATEGORY[category],
  };
}

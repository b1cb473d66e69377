/** Bounds and prices of the test ledger; amounts in drops, times in seconds unless said otherwise. */

/** All XRP at genesis: 10^11 XRP. */
export const GENESIS_DROPS = 100_000_000_000_000_000n;
/** Cost of a plain transaction. */
export const BASE_FEE = 10n;
/** Reserve of an account that owns nothing: 1 XRP (mainnet since December 2024). */
export const RESERVE_BASE = 1_000_000n;
/** Reserve of each owned object: 0.2 XRP. */
export const RESERVE_INCREMENT = 200_000n;
/** Network ids up to this one must not stand in a transaction; larger ones must (rippled: Transactor.cpp, preflight0). */
export const LAST_LEGACY_NETWORK_ID = 1_024;
/** The network id of the test ledger: above the legacy ids, so that nothing signed for it can be replayed elsewhere. */
export const LOCAL_NETWORK_ID = 31_337;
/** Unix time of the Ripple epoch, 2000-01-01T00:00:00Z. */
export const RIPPLE_EPOCH = 946_684_800;
/** An account younger than this many ledgers cannot be deleted (DeletableAccounts). */
export const DELETE_AGE = 255;
/** Most tickets of one account, and most that one transaction makes. */
export const MAX_TICKETS = 250;
/** Most owned objects that AccountDelete removes. */
export const MAX_DELETE_OBJECTS = 1_000;
/** Most signers of a list, and most signatures of a transaction (ExpandedSignerList). */
export const MAX_SIGNERS = 32;
/** Largest serialised memos of one transaction, bytes. */
export const MAX_MEMO_BYTES = 1_024;
/** Largest fulfilment, bytes (rippled: maxSerializedFulfillment). */
export const MAX_FULFILLMENT_BYTES = 256;
/** Longest preimage whose condition is accepted, bytes (rippled: PreimageSha256::maxPreimageLength). */
export const MAX_PREIMAGE_BYTES = 128;
/** Ledgers whose whole state is kept for queries and forks. */
export const KEPT_STATES = 512;
/** Ledgers kept at all; of older ones only those with transactions. Above the 1,000 that a search for a hash covers. */
export const KEPT_LEDGERS = 2_048;
/** Transactions that wait for an earlier sequence. */
export const MAX_HELD = 1_000;
/** Largest request, bytes. */
export const MAX_REQUEST_BYTES = 1_048_576;
/** Most rows of one page of account_tx and its kin. */
export const MAX_PAGE = 400;
/** A state file is written at least every so many ledgers; a restart skips as many, so no index is ever used twice. */
export const SAVE_EVERY = 32;
/** What the faucet gives: 1,000 XRP. */
export const FAUCET_DROPS = 1_000_000_000n;
/** Largest request to the faucet, bytes. */
export const MAX_FAUCET_BYTES = 4_096;
/** Most that one request to the faucet gives, XRP. */
export const MAX_FAUCET_XRP = 100_000;
/** Transactions in the open ledger from which on the faucet waits for the next one. */
export const MAX_FAUCET_OPEN = 200;
/** Most connections at once; a wallet server holds one or two. */
export const MAX_CONNECTIONS = 256;
/** Requests remembered for tests, newest. */
export const KEPT_REQUESTS = 10_000;
/** Port of the network `local`. */
export const DEFAULT_PORT = 7_450;
/** Pace of ledgers, ms: about that of the public networks, so that what counts in ledgers lasts as long as there. */
export const CLOSE_EVERY_MS = 3_000;
export const MIN_CLOSE_EVERY_MS = 20;
export const MAX_CLOSE_EVERY_MS = 60_000;

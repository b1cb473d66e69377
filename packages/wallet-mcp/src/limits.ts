/** Bounds of this package, each with its reason. */

/** Longest text an agent may give as context, UTF-16 units (wallet_sign: 500). */
export const MAX_CONTEXT = 500;
/** Longest memo of wallet_pay and the escrow tools, bytes: what the ledger takes, less its wrapping. */
export const MAX_MEMO_BYTES = 900;
/** Most array elements and object members of one call's arguments; a policy of 10,000 blocked addresses still fits. */
export const MAX_INPUT_ELEMENTS = 20_000;
/** Deepest nesting of arguments: a policy's rules nest to 16 (packages/wallet). */
export const MAX_INPUT_DEPTH = 64;
/** Largest message we read, bytes (XR-EXEC-4: 1 MiB, and its JSON escapes). */
export const MAX_MESSAGE_BYTES = 2_097_152;
/** Issues of an invalid argument that are told. */
export const MAX_TOLD_ISSUES = 5;
/** Rows that history reads from the ledger for one page: filters must not make one call read a whole account. */
export const MAX_HISTORY_REQUESTS = 10;
/** rippled gives public clients no page of fewer rows (Tuning.h, accountTx). */
export const MIN_LEDGER_PAGE = 10;
/** Pages of owned objects read to find one escrow. */
export const MAX_OBJECT_PAGES = 25;
/** Questions to the signer or the ledger asked at once by one call. */
export const MAX_PARALLEL = 8;
/** Part of a wait that is kept for the answer's own way, ms: a gateway ends calls at 30 s. */
export const ANSWER_MARGIN_MS = 2_500;
/** Faucet: first pause, pauses after it and their number (wallet_fund: 3 s, then 15 × 2 s; we stop before 30 s). */
export const FUND_FIRST_MS = 3_000;
export const FUND_PAUSE_MS = 2_000;
export const FUND_LOOKS = 10;
/** Longest wait for a faucet's answer, ms. */
export const FAUCET_TIMEOUT_MS = 15_000;
/** Largest answer of a faucet, bytes. */
export const MAX_FAUCET_BYTES = 65_536;
/** Most endpoints of one network (packages/ledgers). */
export const MAX_ENDPOINTS = 16;
/** A fee above this is told as HIGH_FEE, drops (tx_decode). */
export const HIGH_FEE_DROPS = 100_000n;
/** An amount above this is told as LARGE_AMOUNT, drops (tx_decode). */
export const LARGE_AMOUNT_DROPS = 1_000_000_000_000n;
/** How long an acknowledgement of mainnet counts, hours. */
export const MAINNET_ACK_HOURS = 24;

/** Tools listed of one server; a server with more is cut there and the rest is quarantined. */
export const MAX_LISTED_TOOLS = 2_048;
/** Pages of one list. */
export const MAX_LIST_PAGES = 64;
/** Time to list a server's tools, ms. */
export const LIST_TIMEOUT_MS = 20_000;
/** A channel's list is read again after this, ms, where the server cannot tell of changes by itself. */
export const RELIST_AFTER_MS = 60_000;

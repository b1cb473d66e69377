/** Largest receipt read, UTF-16 units: an entry of the largest size, a proof of 63 hashes, a checkpoint. */
export const MAX_RECEIPT_LENGTH = 262_144;
/** Largest canonical entry, bytes. Larger content belongs behind a hash. */
export const MAX_ENTRY_BYTES = 131_072;
/** Largest signed note, UTF-16 units; room for more than the 16 signatures every verifier must accept (C2SP signed-note). */
export const MAX_NOTE_LENGTH = 65_536;
/** Most signature lines read in one note. */
export const MAX_NOTE_SIGNATURES = 64;
/** Longest key name or origin line. */
export const MAX_ORIGIN_LENGTH = 255;
/** Longest identifier in an entry: agent ids, tool names, rule ids, UTF-16 units. */
export const MAX_NAME_LENGTH = 1_024;
/** Longest list in an entry: roles, rules, labels, findings, signatures. */
export const MAX_LIST_LENGTH = 256;
/** Most hashes in a proof: the depth of a tree of 2^53 leaves, twice for consistency proofs. */
export const MAX_PROOF_LENGTH = 108;
/** Hashes in a full tile and the levels of a tree that one tile covers (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
export const TILE_HEIGHT = 8;

/** Bounds that more than one package shares. Package-only bounds live in that package's own `limits.ts`. */

/** Largest request body, bytes (seed §Resource Limits: 1 MB; XR-EXEC-4). Checked before parsing. */
export const MAX_REQUEST_BYTES = 1_048_576;
/** Largest answer of an upstream that is read, bytes. Ten requests' worth; a larger one is cut off and refused. */
export const MAX_RESPONSE_BYTES = 10 * 1_048_576;
/** Deepest nesting of arrays and objects in any JSON we accept. Deeper is an attack on recursive readers. */
export const MAX_JSON_DEPTH = 64;
/** Most keys in one JSON object. */
export const MAX_JSON_KEYS = 4_096;
/** Longest single text argument, UTF-16 units, unless a pinned schema allows more. */
export const MAX_INPUT_LENGTH = 262_144;

/** Bounds of the policy engine, each with its reason. */

/** Largest policy file, UTF-16 units. A thousand policies fit. */
export const MAX_POLICY_FILE = 524_288;
/** Most policy files. */
export const MAX_POLICY_FILES = 256;
/** Most policies over all files; evaluation is linear in them. */
export const MAX_POLICIES = 2_000;
/** Largest quorum an `@approval` may ask for. */
export const MAX_QUORUM = 16;
/** Decisions remembered. One costs about 600 bytes. */
export const MAX_CACHED_DECISIONS = 20_000;
/** Longest cache key, UTF-16 units; longer ones are decided afresh, so that arguments cannot fill the memory. */
export const MAX_CACHE_KEY = 4_096;
/** Longest text argument shown to policies, UTF-16 units. A policy that reads a longer one denies. */
export const MAX_ARGUMENT_TEXT = 65_536;
/** Most members of a set shown to policies. */
export const MAX_ARGUMENT_SET = 1_000;
/** Deepest expression that analysis walks. Deeper policies are refused when they are loaded. */
export const MAX_EXPRESSION_DEPTH = 200;

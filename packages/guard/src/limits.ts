/** Bounds of the guard, each with its reason. Bounds shared by packages are in `@wardmesh/core`. */

/** Longest JSON-RPC id that is text, UTF-16 units. Ids are copied into logs and correlation tables. */
export const MAX_ID_LENGTH = 256;
/** Longest method name, UTF-16 units. The longest of the specification has 40. */
export const MAX_METHOD_LENGTH = 128;
/** Longest header value compared with the body, UTF-16 units. Node's own limit for all headers together is 16 KiB. */
export const MAX_HEADER_VALUE = 8_192;

/** Largest tool schema in canonical form, UTF-16 units. Real ones stay below 20,000. */
export const MAX_SCHEMA_LENGTH = 131_072;
/** Deepest nesting of a tool schema; the compiled validator recurses over it. */
export const MAX_SCHEMA_DEPTH = 32;
/** Most subschemas and keywords of one schema: each one becomes generated code. */
export const MAX_SCHEMA_NODES = 5_000;
/** Longest `pattern`, UTF-16 units. */
export const MAX_PATTERN_LENGTH = 512;
/** Largest automaton of a pattern, instructions: `(a{100}){100}` must not become a million of them. */
export const MAX_PATTERN_PROGRAM = 4_000;
/** Most steps (text length times automaton) that one text may cost: about 50 ms. Beyond, the text is refused. */
export const MAX_PATTERN_STEPS = 10_000_000;
/** Longest text that can have a `format` such as `uri`, UTF-16 units. */
export const MAX_FORMAT_INPUT = 4_096;
/** Compiled patterns kept. */
export const MAX_COMPILED_PATTERNS = 2_000;
/** Compiled schemas kept, over all servers. One costs some 20 KB. */
export const MAX_COMPILED_SCHEMAS = 2_000;
/** Most schema problems reported for one value. */
export const MAX_SCHEMA_PROBLEMS = 8;

/** Most tools, prompts or templates of one server. */
export const MAX_TOOLS_PER_SERVER = 1_000;
/** Longest line a readable diff prints, UTF-16 units. */
export const MAX_DIFF_LINE = 400;
/** Most lines a readable diff compares on a side; beyond it the diff says only that the text changed. */
export const MAX_DIFF_LINES = 1_000;
/** Pairs of names compared by edit distance at most: the check is quadratic in the number of tools. */
export const MAX_NAME_PAIRS = 2_000_000;

/** Deepest nesting that screening walks; the strict JSON reader refuses deeper input anyway. */
export const MAX_SCREEN_DEPTH = 64;
/** Findings listed for one result. Counting goes on beyond it. */
export const MAX_FINDINGS = 64;

/** Labels one session or principal can hold: they are configuration's words, not data's. */
export const MAX_LABELS = 64;
/** Sessions and principals whose labels are remembered. */
export const MAX_LABELLED_SESSIONS = 50_000;
/** Milliseconds for which labels of a session that had to be forgotten count for every session: one day. */
export const SPILLED_LABELS_FOR = 86_400_000;

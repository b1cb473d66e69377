export { BoundedCache } from './bounded-cache.ts';
export {
  concatBytes,
  equalBytes,
  fromBase64,
  fromBase64Url,
  fromHex,
  fromUtf8,
  toBase64,
  toBase64Url,
  toHex,
  utf8,
} from './bytes.ts';
export { canonicalBytes, canonicalize } from './canonical.ts';
export { CodedError, type ErrorFields, isCoded } from './error.ts';
export { isUuid, randomFraction, randomToken, uuid } from './ids.ts';
export { isJsonObject, type Json, type JsonObject } from './json.ts';
export { MAX_INPUT_LENGTH, MAX_JSON_DEPTH, MAX_JSON_KEYS, MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES } from './limits.ts';
export { type Clock, type Random, systemClock, systemRandom, toTimestamp } from './ports.ts';
export { redact, redactText } from './redact.ts';
export { err, ok, type Result, unwrap } from './result.ts';
export { hasHidden, sanitise } from './sanitise.ts';
export { Secret } from './secret.ts';
export { type JsonFault, type JsonProblem, parseStrictJson, type StrictJsonOptions } from './strict-json.ts';

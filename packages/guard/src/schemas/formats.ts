import type { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats, { type FormatName } from 'ajv-formats';
import { MAX_FORMAT_INPUT } from '../limits.ts';

/** Formats of data that may be long; their checks read each character once. */
const LONG: readonly FormatName[] = ['byte', 'binary', 'password'];
const SHORT: readonly FormatName[] = [
  'date',
  'time',
  'date-time',
  'iso-time',
  'iso-date-time',
  'duration',
  'uri',
  'uri-reference',
  'uri-template',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'regex',
  'uuid',
  'json-pointer',
  'json-pointer-uri-fragment',
  'relative-json-pointer',
];

/**
 * The formats of JSON Schema on bounded text: some of ajv's expressions take quadratic time, `url` most of all, and both
 * the schema and the text are strangers'. Longer text is not of the format.
 */
export function addSafeFormats(ajv: Pick<Ajv2020, 'addFormat'>): void {
  for (const name of SHORT) {
    const format = addFormats.default.get(name);
    const test = toTest(format);
    ajv.addFormat(name, { type: 'string', validate: (text: string) => text.length <= MAX_FORMAT_INPUT && test(text) });
  }
  for (const name of LONG) ajv.addFormat(name, addFormats.default.get(name));
  ajv.addFormat(
    'url',
    (text: string) => text.length <= MAX_FORMAT_INPUT && /^(?:https?|ftp):/i.test(text) && URL.canParse(text),
  );
  for (const name of ['int32', 'int64', 'float', 'double'] as const) ajv.addFormat(name, addFormats.default.get(name));
}

function toTest(format: unknown): (text: string) => boolean {
  if (format instanceof RegExp) return (text) => format.test(text);
  if (typeof format === 'function') return format as (text: string) => boolean;
  const { validate } = format as { validate: unknown };
  return toTest(validate);
}

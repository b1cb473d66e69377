import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Dialect } from './admit.ts';
import { addSafeFormats } from './formats.ts';
import { patternEngine } from './pattern.ts';

const OPTIONS = {
  strict: false,
  // One problem is enough to refuse; looking for all of them would let a big value cost more.
  allErrors: false,
  logger: false,
  // A tool may call a property `constructor`: what objects inherit is no argument, neither a wrong nor a missing one.
  ownProperties: true,
  code: { regExp: patternEngine },
} as const;

const newest = new Ajv2020(OPTIONS);
// 2019-09 reads draft-07 and draft-06 too and adds `unevaluatedProperties`, which strict mode needs.
const older = new Ajv2019(OPTIONS);
addSafeFormats(newest);
addSafeFormats(older);

/** Compiles an admitted schema. @throws Error where the schema is malformed or refers to nothing. */
export function compileSchema(schema: JsonObject, dialect: Dialect, strict: boolean): ValidateFunction {
  const ajv = dialect === '2020-12' ? newest : older;
  // The names of the schema and of its dialect would become entries of the validator's registry.
  const { $id: _id, id: _legacyId, $schema: _dialect, ...rest } = schema;
  const own = strict ? closeSilent(rest) : { ...rest };
  try {
    return ajv.compile(own as JsonObject);
  } finally {
    // ajv keeps what it compiled for ever; our own cache is bounded.
    ajv.removeSchema(own as JsonObject);
  }
}

const SPEAKING = ['additionalProperties', 'unevaluatedProperties', 'patternProperties'] as const;

/** Closes each object reached through `properties` and `items` whose schema says nothing about other members. */
function closeSilent(node: JsonObject): JsonObject {
  const closed: Record<string, Json> = { ...node };
  if (isJsonObject(node.properties)) {
    closed.properties = Object.fromEntries(
      Object.entries(node.properties).map(([name, child]) => [name, isJsonObject(child) ? closeSilent(child) : child]),
    );
  }
  if (isJsonObject(node.items)) closed.items = closeSilent(node.items);
  const describesObject = node.type === 'object' || node.properties !== undefined;
  // unevaluatedProperties sees through allOf, anyOf and $ref; additionalProperties would refuse what those name.
  if (describesObject && SPEAKING.every((keyword) => node[keyword] === undefined)) closed.unevaluatedProperties = false;
  return closed;
}

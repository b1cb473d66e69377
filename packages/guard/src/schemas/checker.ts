import { hash } from 'node:crypto';
import {
  BoundedCache,
  canonicalize,
  err,
  hasHidden,
  isJsonObject,
  type Json,
  type JsonObject,
  MAX_INPUT_LENGTH,
  ok,
  type Result,
} from '@wardmesh/core';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { MAX_COMPILED_SCHEMAS, MAX_SCHEMA_PROBLEMS } from '../limits.ts';
import { toSegment } from '../pointer.ts';
import { admitSchema } from './admit.ts';
import { compileSchema } from './compile.ts';
import { type SchemaFault, schemaFault, type ValueProblem } from './faults.ts';
import { PatternBudgetError } from './pattern.ts';

export interface ArgumentOptions {
  /** Refuse members that the schema does not name even where it says nothing about others. Default false. */
  readonly strict?: boolean;
  /** Let text with hidden characters pass; for tools whose data needs them (emoji joiners, right-to-left marks). */
  readonly allowHidden?: boolean;
}

type Compiled = Result<ValidateFunction, SchemaFault>;

/**
 * Checks values against schemas that strangers wrote: each is admitted, compiled once and kept by its hash, at most
 * {@link MAX_COMPILED_SCHEMAS} of them. A schema object must not change after it was first given.
 */
export class SchemaChecker {
  readonly #compiled: BoundedCache<string, Compiled>;
  /** Spares hashing on every call: the catalogue hands over the same object each time. */
  readonly #keys = new WeakMap<JsonObject, { readonly hash: string; readonly length: number }>();

  constructor(options: { readonly capacity?: number } = {}) {
    this.#compiled = new BoundedCache(options.capacity ?? MAX_COMPILED_SCHEMAS);
  }

  /** Whether the schema can be used at all; for the review of a tool. */
  admit(schema: JsonObject): Result<void, SchemaFault> {
    const compiled = this.#compile(schema, false);
    return compiled.ok ? ok(undefined) : compiled;
  }

  /** Arguments of a call against the pinned input schema (XR-VAL-1), then their text (XR-VAL-4). */
  checkArguments(schema: JsonObject, args: Json, options: ArgumentOptions = {}): Result<void, SchemaFault> {
    const compiled = this.#compile(schema, options.strict === true);
    if (!compiled.ok) return compiled;
    const checked = run(compiled.value, args);
    return checked.ok ? checkText(args, options.allowHidden === true) : checked;
  }

  /** `structuredContent` of a result against the pinned output schema. */
  checkOutput(schema: JsonObject, structuredContent: Json): Result<void, SchemaFault> {
    const compiled = this.#compile(schema, false);
    if (!compiled.ok) return compiled;
    return run(compiled.value, structuredContent);
  }

  #compile(schema: JsonObject, strict: boolean): Compiled {
    let key = this.#keys.get(schema);
    if (key === undefined) {
      let canonical: string;
      try {
        canonical = canonicalize(schema);
      } catch {
        return err(schemaFault('SCHEMA_UNUSABLE', { pointer: '', keyword: 'canonical' }));
      }
      key = { hash: hash('sha256', canonical, 'hex'), length: canonical.length };
      this.#keys.set(schema, key);
    }
    const name = strict ? `strict:${key.hash}` : key.hash;
    let compiled = this.#compiled.get(name);
    if (compiled === undefined) {
      compiled = compileForeign(schema, key.length, strict);
      this.#compiled.set(name, compiled);
    }
    return compiled;
  }
}

function compileForeign(schema: JsonObject, length: number, strict: boolean): Compiled {
  const admitted = admitSchema(schema, length);
  if (!admitted.ok) return err(schemaFault('SCHEMA_UNUSABLE', { pointer: '', keyword: admitted.error }));
  try {
    return ok(compileSchema(schema, admitted.value, strict));
  } catch {
    return err(schemaFault('SCHEMA_UNUSABLE', { pointer: '', keyword: 'compile' }));
  }
}

function run(validate: ValidateFunction, value: Json): Result<void, SchemaFault> {
  try {
    return validate(value) ? ok(undefined) : err(toFault(validate));
  } catch (cause) {
    // Too costly for a pattern, or too deep for the generated code: not shown to match, so refused.
    const keyword = cause instanceof PatternBudgetError ? 'pattern' : 'schema';
    return err(schemaFault('SCHEMA_MISMATCH', { pointer: '', keyword }));
  }
}

const CLOSED: ReadonlySet<string> = new Set(['additionalProperties', 'unevaluatedProperties', 'propertyNames']);

function toFault(validate: ValidateFunction): SchemaFault {
  const problems: ValueProblem[] = [];
  for (const error of validate.errors ?? []) {
    if (problems.length < MAX_SCHEMA_PROBLEMS) problems.push({ pointer: error.instancePath, keyword: error.keyword });
  }
  const unknown = problems.length > 0 && problems.every((problem) => CLOSED.has(problem.keyword));
  return schemaFault(unknown ? 'SCHEMA_UNKNOWN_PROPERTY' : 'SCHEMA_MISMATCH', ...problems);
}

/** Looks at each text and each member name of the arguments. */
function checkText(args: Json, allowHidden: boolean): Result<void, SchemaFault> {
  const found = findBadText(args, '', allowHidden);
  return found === undefined ? ok(undefined) : err(found);
}

function findBadText(value: Json, pointer: string, allowHidden: boolean): SchemaFault | undefined {
  if (typeof value === 'string') {
    if (value.length > MAX_INPUT_LENGTH) {
      return schemaFault('SCHEMA_TEXT_TOO_LONG', { pointer, keyword: 'maxLength' });
    }
    return !allowHidden && hasHidden(value)
      ? schemaFault('SCHEMA_HIDDEN_CHARACTERS', { pointer, keyword: 'hidden' })
      : undefined;
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = findBadText(value[i] as Json, `${pointer}/${i}`, allowHidden);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  for (const [name, member] of Object.entries(value)) {
    if (!allowHidden && hasHidden(name)) return schemaFault('SCHEMA_HIDDEN_CHARACTERS', { pointer, keyword: 'hidden' });
    const found = findBadText(member, `${pointer}/${toSegment(name)}`, allowHidden);
    if (found !== undefined) return found;
  }
  return undefined;
}

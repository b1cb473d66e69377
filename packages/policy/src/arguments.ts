import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { MAX_ARGUMENT_SET, MAX_ARGUMENT_TEXT } from './limits.ts';
import type { Catalogue } from './model.ts';

/** Types of arguments that policies can read. */
export type ArgumentType = 'String' | 'Long' | 'Boolean' | 'Set';

/** Argument types over all tools: a name whose type differs between tools is left out, because Cedar types it once. */
export function argumentTypes(catalogue: Catalogue): ReadonlyMap<string, ArgumentType> {
  const types = new Map<string, ArgumentType>();
  const clashing = new Set<string>();
  for (const server of catalogue.servers) {
    for (const tool of server.tools) {
      const properties = isJsonObject(tool.inputSchema.properties) ? tool.inputSchema.properties : {};
      for (const [name, schema] of Object.entries(properties)) {
        const type = typeOf(schema);
        const known = types.get(name);
        if (type === undefined || (known !== undefined && known !== type)) clashing.add(name);
        else types.set(name, type);
      }
    }
  }
  for (const name of clashing) types.delete(name);
  return types;
}

/** Undefined for what policies cannot read: numbers (Cedar has no fractions that are exact), objects, unions. */
function typeOf(schema: Json | undefined): ArgumentType | undefined {
  if (!isJsonObject(schema)) return undefined;
  const { type } = schema;
  if (type === undefined && Array.isArray(schema.enum) && schema.enum.every((value) => typeof value === 'string')) {
    return 'String';
  }
  const named = Array.isArray(type) ? type.filter((item) => item !== 'null') : [type];
  if (named.length !== 1) return undefined;
  switch (named[0]) {
    case 'string':
      return 'String';
    case 'integer':
      return 'Long';
    case 'boolean':
      return 'Boolean';
    case 'array':
      return isJsonObject(schema.items) && schema.items.type === 'string' ? 'Set' : undefined;
    default:
      return undefined;
  }
}

export interface ShownArguments {
  /** What policies read. */
  readonly shown: Readonly<Record<string, string | number | boolean | string[]>>;
  /** Names of all arguments, sorted. */
  readonly names: readonly string[];
  /** Names of those that are present and not shown. */
  readonly unread: readonly string[];
}

const NONE: ShownArguments = Object.freeze({ shown: {}, names: [], unread: [] });

/** The part of a call's arguments that policies read. */
export function showArguments(args: JsonObject | undefined, types: ReadonlyMap<string, ArgumentType>): ShownArguments {
  if (args === undefined) return NONE;
  const names = Object.keys(args).sort();
  const shown: Record<string, string | number | boolean | string[]> = {};
  const unread: string[] = [];
  for (const name of names) {
    const value = toCedar(args[name] as Json, types.get(name));
    if (value === undefined) unread.push(name);
    else shown[name] = value;
  }
  return { shown, names, unread };
}

function toCedar(value: Json, type: ArgumentType | undefined): string | number | boolean | string[] | undefined {
  switch (type) {
    case 'String':
      return typeof value === 'string' && value.length <= MAX_ARGUMENT_TEXT ? value : undefined;
    case 'Long':
      return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
    case 'Boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'Set':
      return Array.isArray(value) && value.length <= MAX_ARGUMENT_SET && value.every(isShortText)
        ? (value as string[])
        : undefined;
    default:
      return undefined;
  }
}

function isShortText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_ARGUMENT_TEXT;
}

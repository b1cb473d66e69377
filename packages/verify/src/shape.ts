import type { Json } from '@wardmesh/core';
import { isJsonObject } from '@wardmesh/core';

/** The path of the first member that does not fit, or undefined where all fit. */
export type Shape = (value: Json | undefined, at: string) => string | undefined;

export function text(max: number, pattern?: RegExp): Shape {
  return (value, at) =>
    typeof value === 'string' && value.length <= max && (pattern === undefined || pattern.test(value)) ? undefined : at;
}

export function oneOf(allowed: ReadonlySet<string>): Shape {
  return (value, at) => (typeof value === 'string' && allowed.has(value) ? undefined : at);
}

export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): Shape {
  return (value, at) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most ? undefined : at;
}

export function literal(expected: Json): Shape {
  return (value, at) => (value === expected ? undefined : at);
}

export function list(item: Shape, most: number): Shape {
  return (value, at) => {
    if (!Array.isArray(value) || value.length > most) return at;
    for (let i = 0; i < value.length; i++) {
      // The path is put together where something is wrong, from the inside out: most values are right.
      const wrong = item(value[i], '');
      if (wrong !== undefined) return `${at}[${i}]${wrong}`;
    }
    return undefined;
  };
}

/** Any JSON object or value; what it holds is bounded by the size of the whole. */
export const anyJson: Shape = (value, at) => (value === undefined ? at : undefined);
export const anyObject: Shape = (value, at) => (isJsonObject(value) ? undefined : at);

/** Exactly the required members and any of the optional ones: an unknown member would be unchecked. */
export function object(
  required: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>> = {},
): Shape {
  const shapes = new Map([...Object.entries(optional), ...Object.entries(required)]);
  const names = Object.keys(required);
  return (value, at) => {
    if (!isJsonObject(value)) return at;
    for (const name of Object.keys(value)) {
      const shape = shapes.get(name);
      const wrong = shape === undefined ? '' : shape(value[name], '');
      if (wrong !== undefined) return `${at}.${name}${wrong}`;
    }
    for (const name of names) if (!Object.hasOwn(value, name)) return `${at}.${name}`;
    return undefined;
  };
}

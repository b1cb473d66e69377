/** One change of a policy: where, and from what to what. */
export function changeLine(change: {
  readonly field?: unknown;
  readonly previous?: unknown;
  readonly next?: unknown;
  readonly restricted?: unknown;
}): string {
  const text = (value: unknown): string =>
    value === null || value === undefined ? '-' : typeof value === 'string' ? value : JSON.stringify(value);
  const mark = change.restricted === true ? 'loosens' : 'sets';
  return `  ${mark} ${text(change.field)}: ${text(change.previous)} → ${text(change.next)}`;
}

/** A member name as a segment of a JSON Pointer (RFC 6901 §3). */
export function toSegment(name: string): string {
  return name.includes('~') || name.includes('/') ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name;
}

/** The member name that a segment spells. */
export function fromSegment(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

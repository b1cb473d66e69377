/**
 * Zeroed bytes for a secret on its way into a {@link SecureBuffer}. The engine keeps small typed arrays inside the
 * collected heap and copies them as it moves them; an array over an ArrayBuffer of its own stays where it is, so
 * wiping it wipes the only copy.
 */
export function secretBytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(length));
}

/** The parts in one such array. `slice` and `concatBytes` would make small arrays inside the heap. */
export function joinSecret(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = secretBytes(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

const NEWLINE = 0x0a;

/**
 * Lines of a byte stream as UTF-8 text, without their end; a last line without end counts. Cut at bytes, so that no
 * character is torn. @throws RangeError for a line above `max` bytes
 */
export async function* readLines(stream: AsyncIterable<Uint8Array>, max: number): AsyncGenerator<string> {
  let kept: Buffer[] = [];
  let size = 0;
  const take = (part: Uint8Array): void => {
    size += part.length;
    if (size > max) throw new RangeError('the line is too long');
    kept.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
  };
  const line = (): string => {
    const text = Buffer.concat(kept).toString('utf8');
    kept = [];
    size = 0;
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  };
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end));
      yield line();
      start = end + 1;
    }
    if (start < chunk.length) take(chunk.subarray(start));
  }
  if (size > 0) yield line();
}

/** Lines with their numbers: what names a line that never changes its place. */
export function numbered(lines: readonly string[]): readonly { readonly number: number; readonly text: string }[] {
  return lines.map((text, index) => ({ number: index + 1, text }));
}

import { z } from 'zod';
import { wardSchema } from './schema.ts';

/** Longest line the formatter keeps a list on. */
const LINE_WIDTH = 120;

/** The JSON Schema (2020-12) of `ward.yaml` as written, for editors. `docs/ward.schema.json` is this text. */
export function wardJsonSchema(): string {
  const schema = z.toJSONSchema(wardSchema, { io: 'input', target: 'draft-2020-12' });
  return `${joinShortLists(JSON.stringify({ title: 'ward.yaml', ...schema }, null, 2))}\n`;
}

/** Lists of plain values on one line where they fit, as the formatter of this repository writes them. */
function joinShortLists(text: string): string {
  return text.replace(/^(.*)\[\n([^[\]{}]*)\n *\](,?)$/gm, (whole, before: string, items: string, after: string) => {
    const joined = `${before}[${items
      .split('\n')
      .map((item) => item.trim())
      .join(' ')}]${after}`;
    return joined.length <= LINE_WIDTH ? joined : whole;
  });
}

/**
 * The echo server over stdio: one JSON-RPC message a line. Answers to lines that arrive together leave in one write.
 *
 *     node internal/bench/src/echo-stdio.ts
 */
import { StringDecoder } from 'node:string_decoder';
import { answer } from './echo.ts';

const decoder = new StringDecoder('utf8');
let rest = '';

process.stdin.on('data', (chunk: Buffer) => {
  const lines = (rest + decoder.write(chunk)).split('\n');
  rest = lines.pop() ?? '';
  let out = '';
  for (const line of lines) {
    if (line.trim() === '') continue;
    const reply = answer(line);
    if (reply !== undefined) out += `${reply}\n`;
  }
  if (out !== '') process.stdout.write(out);
});
process.stdin.on('end', () => process.exit(0));

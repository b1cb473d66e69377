import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Json, parseStrictJson } from '@wardmesh/core';
import type { Context } from './context.ts';
import { cliError } from './error.ts';
import { MAX_INPUT_BYTES } from './limits.ts';

/** Text of a file argument, `-` for stdin. @throws CodedError FILE_UNREADABLE, INPUT_INVALID */
export async function readInput(context: Context, name: string): Promise<string> {
  return name === '-' ? readStdin(context) : readFileArgument(context, name);
}

export async function readStdin(context: Context): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of context.stdin as AsyncIterable<Buffer | string>) {
    const bytes = Buffer.from(part);
    size += bytes.length;
    if (size > MAX_INPUT_BYTES) throw cliError('INPUT_INVALID', `the input is larger than ${MAX_INPUT_BYTES} bytes`);
    parts.push(bytes);
  }
  return decode(Buffer.concat(parts), 'the input');
}

export function readFileArgument(context: Context, name: string): string {
  const path = resolve(context.cwd, name);
  let bytes: Buffer;
  try {
    if (statSync(path).size > MAX_INPUT_BYTES) {
      throw cliError('INPUT_INVALID', `${name} is larger than ${MAX_INPUT_BYTES} bytes`);
    }
    bytes = readFileSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'INPUT_INVALID') throw cause;
    const reason = code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder' : 'cannot be read';
    throw cliError('FILE_UNREADABLE', `${name} ${reason}`, { cause });
  }
  return decode(bytes, name);
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw cliError('INPUT_INVALID', `${name} is not UTF-8 text`);
  }
}

/** Strict JSON of an argument. @throws CodedError INPUT_INVALID; it repeats nothing of the text */
export function parseInput(text: string, what: string): Json {
  const parsed = parseStrictJson(text);
  if (parsed.ok) return parsed.value;
  const place = parsed.error.at >= 0 ? ` at character ${parsed.error.at + 1}` : '';
  throw cliError('INPUT_INVALID', `cannot read ${what}: not JSON that means one thing (${parsed.error.code}${place})`, {
    hint: `Quote it for the shell: '{"message":"hi"}'. Or pass - and pipe it in.`,
  });
}

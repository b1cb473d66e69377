import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { CodedError, err, type Result } from '@wardmesh/core';
import type { ConfigErrorCode } from './error.ts';
import { MAX_CONFIG_BYTES } from './limits.ts';
import { parseConfig } from './parse.ts';
import type { ConfigProblem } from './problems.ts';
import type { WardConfig } from './schema.ts';

/** The configuration in the file at `path`. A file that cannot be read is a problem like any other. */
export function loadConfig(path: string): Result<WardConfig, ConfigProblem[]> {
  const text = readConfigText(path);
  return typeof text === 'string' ? parseConfig(text, path) : err([text]);
}

/** {@link loadConfig} for callers that cannot go on. @throws CodedError CONFIG_UNREADABLE, CONFIG_INVALID */
export function assertConfig(path: string): WardConfig {
  const text = readConfigText(path);
  if (typeof text !== 'string') {
    throw new CodedError<ConfigErrorCode>('CONFIG_UNREADABLE', `${path} ${text.message}`, {
      hint: 'Create one: ward init',
    });
  }
  const parsed = parseConfig(text, path);
  if (parsed.ok) return parsed.value;
  throw configError(path, parsed.error);
}

/** The first problem as a coded error; all of them in its details. */
export function configError(path: string, problems: readonly ConfigProblem[]): CodedError<ConfigErrorCode> {
  const first = problems[0];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const message = first === undefined ? `${path} is not valid` : `${path}:${formatProblem(first)}${more}`;
  return new CodedError<ConfigErrorCode>('CONFIG_INVALID', message, {
    hint: first?.hint ?? 'Correct the file; docs/ward.schema.json describes every setting.',
    details: { problems },
  });
}

/** `12:5: servers.files.command is missing` */
export function formatProblem(problem: ConfigProblem): string {
  return `${problem.line}:${problem.column}: ${problem.path === '' ? '' : `${problem.path} `}${problem.message}`;
}

/** The text, or why there is none. Reads one byte beyond the bound at most, whatever the file is. */
export function readConfigText(path: string): string | ConfigProblem {
  const problem = (message: string): ConfigProblem => ({ line: 1, column: 1, path: '', message });
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (cause) {
    return problem((cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read');
  }
  try {
    if (!fstatSync(descriptor).isFile()) return problem('is not a file');
    const buffer = Buffer.alloc(MAX_CONFIG_BYTES + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(descriptor, buffer, length, buffer.length - length, null);
    }
    if (length > MAX_CONFIG_BYTES) return problem(`is larger than ${MAX_CONFIG_BYTES} bytes`);
    return new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, length));
  } catch {
    return problem('is not UTF-8 text');
  } finally {
    closeSync(descriptor);
  }
}

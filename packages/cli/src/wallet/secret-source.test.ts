import { closeSync, openSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { TestTerminal } from '../testing/terminal.ts';
import { Typing } from '../testing/typing.ts';
import { readSecret } from './secret-source.ts';

describe('reading a secret', () => {
  verifies('XR-MEM-1', 'XR-FILE-2');
  let terminal: TestTerminal;
  beforeEach(() => {
    terminal = new TestTerminal();
  });
  afterEach(() => terminal.dispose());

  const source = (from: { file?: string; fd?: string; keychain?: string } = {}) => ({
    what: 'password',
    option: 'password',
    file: from.file,
    fd: from.fd,
    keychain: from.keychain,
  });
  const text = async (context: Context, from = {}, twice = false): Promise<string> => {
    using secret = await readSecret(context, source(from), 'Password: ', twice);
    expect(inspect(secret)).toBe('[secret]');
    return secret.getBuffer().toString('utf8');
  };
  const typed = (lines: string): { context: Context; stdin: Typing; shown: () => string } => {
    const stdin = new Typing(lines);
    let shown = '';
    const stderr = { isTTY: true, write: (part: string) => (shown += part) };
    return { context: { ...terminal.context(), stdin, stderr }, stdin, shown: () => shown };
  };

  it('takes the first line of a private file, and no other file', async () => {
    const path = `${terminal.folder}/pass`;
    writeFileSync(path, 'Correct Horse 1\r\nsecond', { mode: 0o600 });
    expect(await text(terminal.context(), { file: 'pass' })).toBe('Correct Horse 1');
    writeFileSync(`${terminal.folder}/open`, 'Correct Horse 1', { mode: 0o644 });
    await expect(text(terminal.context(), { file: 'open' })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    await expect(text(terminal.context(), { file: 'none' })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    writeFileSync(`${terminal.folder}/empty`, '\n', { mode: 0o600 });
    await expect(text(terminal.context(), { file: 'empty' })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('takes an open descriptor', async () => {
    writeFileSync(`${terminal.folder}/pass`, 'Correct Horse 1\n', { mode: 0o600 });
    const fd = openSync(`${terminal.folder}/pass`, 'r');
    expect(await text(terminal.context(), { fd: String(fd) })).toBe('Correct Horse 1');
    closeSync(fd);
    await expect(text(terminal.context(), { fd: '999' })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    await expect(text(terminal.context(), { fd: 'x' })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('has no way in through the environment, and says what there is', async () => {
    const env = { WARD_HOME: terminal.home, WARD_PASSWORD: 'Correct Horse 1', XRPL_WALLET_PASSWORD: 'Correct Horse 1' };
    const context = { ...terminal.context(), env };
    await expect(text(context)).rejects.toMatchObject({
      code: 'SECRET_NEEDED',
      hint: expect.stringContaining('--password-fd'),
    });
    await expect(text(context, { keychain: 'ward' })).rejects.toMatchObject({ code: 'KEYCHAIN_UNSUPPORTED' });
    await expect(text(context, { file: 'a', fd: '3' })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('types without echo, with backspace over whole characters, twice where nobody could read it back', async () => {
    const { context, stdin, shown } = typed('Correct Hörsé\u007fe 1\rCorrect Hörse 1\n');
    expect(await text(context, {}, true)).toBe('Correct Hörse 1');
    expect(stdin.raw).toEqual([true, false, true, false]);
    expect(shown()).toBe('Password: \nOnce more: \n');
  });

  it('refuses two that differ, and stops at Ctrl-C', async () => {
    await expect(text(typed('one\rother\r').context, {}, true)).rejects.toMatchObject({ code: 'SECRET_MISMATCH' });
    await expect(text(typed('on\u0003').context)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  it('spells what looks alike in one way (NFKC)', async () => {
    const path = `${terminal.folder}/pass`;
    writeFileSync(path, 'Ｈo\u0308rse\n', { mode: 0o600 });
    expect(await text(terminal.context(), { file: 'pass' })).toBe('H\u00f6rse');
    expect(await text(typed('Ｈo\u0308rse\r').context)).toBe('H\u00f6rse');
  });
});

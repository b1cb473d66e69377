/**
 * Stands in the signer's place in its sandbox and tries what it must not: each line on standard error says what came of
 * one attempt. Arguments: `--folder` is the signer's own; `target.json` in it says what to try.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

const folder = process.argv.find((argument) => argument.startsWith('--folder='))!.slice('--folder='.length);
const { port, outside, database } = JSON.parse(readFileSync(join(folder, 'target.json'), 'utf8')) as {
  port: number;
  outside: string;
  database: string;
};
const say = (attempt: string, outcome: string): void => {
  process.stderr.write(`${JSON.stringify({ level: 'info', attempt, outcome })}\n`);
};
const attempt = async (name: string, work: () => unknown): Promise<void> => {
  try {
    await work();
    say(name, 'done');
  } catch (error) {
    say(name, (error as { code?: string }).code ?? (error as Error).message);
  }
};
const dial = (host: string, to: number): Promise<void> =>
  new Promise((resolve, reject) => {
    connect({ host, port: to }, resolve).on('error', reject);
  });

await attempt('own folder', () => writeFileSync(join(folder, 'mine'), 'x'));
await attempt('loopback of the host', () => dial('127.0.0.1', port));
await attempt('the internet', () => dial('1.1.1.1', 443));
await attempt('a name', () => dial('example.com', 443));
await attempt('reading outside', () => readFileSync(outside));
// SQLite opens files by itself: here only the sandbox is left to refuse.
await attempt('reading outside by SQLite', () =>
  new DatabaseSync(':memory:').exec(`ATTACH '${database}' AS o; SELECT * FROM o.secrets`),
);
await attempt('writing outside', () => writeFileSync('/tmp/signer-was-here', 'x'));
await attempt('writing code', () => writeFileSync(new URL('./reach.txt', import.meta.url), 'x'));
await attempt('a child', () => execFileSync('/bin/true'));
await attempt('a worker', () => new Worker('1', { eval: true }));
await attempt('evaluating text', () => new Function('return 1')());
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
process.stdin.on('end', () => process.exit(0)).resume();

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Mailbox } from './mailbox.ts';
import { INITIALIZE, type Peer, WAIT_MS } from './peer.ts';

/** Starts a stdio server without any containment and believes what it says. */
export async function openStdioPeer(command: string, args: readonly string[], openMs = WAIT_MS): Promise<Peer> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const mailbox = new Mailbox();
  const bytes = { protocol: 0, diagnostics: 0 };
  let next = 1;
  let rest: Buffer[] = [];
  child.stdin.on('error', () => {});
  child.stdout.on('data', (chunk: Buffer) => {
    bytes.protocol += chunk.length;
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...rest, chunk.subarray(from, at)]).toString('utf8');
      rest = [];
      if (line.trim() !== '') mailbox.take(line);
      from = at + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  });
  child.stderr.on('data', (chunk: Buffer) => {
    bytes.diagnostics += chunk.length;
  });
  child.once('exit', (code, signal) => mailbox.end(`exit ${code ?? signal}`));

  const send = (message: object): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  const ask: Peer['ask'] = (method, params, waitMs = WAIT_MS) => {
    const id = next++;
    send({ id, method, ...(params ? { params } : {}) });
    return mailbox.wait(id, waitMs);
  };
  const opened = await ask('initialize', INITIALIZE, openMs);
  if (opened.kind === 'result') send({ method: 'notifications/initialized' });
  return {
    opened,
    ask,
    seen: mailbox.seen,
    noise: mailbox.noise,
    headers: {},
    bytes,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

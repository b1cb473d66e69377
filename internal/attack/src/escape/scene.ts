import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A host worth attacking: files, services and processes that hold tokens, in a scratch folder and on loopback. */
export interface Scene {
  /** What a contained program must never learn. */
  readonly token: string;
  readonly root: string;
  /** A user's home with an SSH key. */
  readonly home: string;
  /** A gateway's home with a key. */
  readonly wardHome: string;
  /** A folder that is not granted, with `secret.txt`. */
  readonly outside: string;
  /** A folder that attempts may have granted for writing. */
  readonly workspace: string;
  /** A process of the host, with the token in its environment. */
  readonly victim: number;
  readonly isVictimAlive: () => boolean;
  /** TCP on 127.0.0.1 that greets with the token. */
  readonly tcpPort: number;
  /** UDP on 127.0.0.1; what it hears is kept, text of names included. */
  readonly udpPort: number;
  readonly heard: () => string;
  /** Name of an abstract Unix socket that greets with the token. */
  readonly abstractName: string;
  close(): void;
}

export async function openScene(): Promise<Scene> {
  const token = `token-${randomBytes(16).toString('hex')}`;
  const root = mkdtempSync(join(tmpdir(), 'ward-escape-'));
  const folder = (name: string): string => {
    const path = join(root, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const home = folder('home');
  writeFileSync(join(folder('home/.ssh'), 'id_ed25519'), token, { mode: 0o600 });
  const wardHome = folder('ward-home');
  writeFileSync(join(folder('ward-home/keys'), 'log.key'), token, { mode: 0o600 });
  const outside = folder('outside');
  writeFileSync(join(outside, 'secret.txt'), token);
  writeFileSync(join(outside, 'target.txt'), 'untouched');
  const workspace = folder('workspace');
  writeFileSync(join(workspace, 'own.txt'), 'overwritten');

  const victim = spawn('/bin/sleep', ['300'], { env: { VICTIM: token }, stdio: 'ignore' });
  const tcp = greeter(token);
  tcp.listen(0, '127.0.0.1');
  const abstractName = `ward-escape-${randomBytes(8).toString('hex')}`;
  const abstract = greeter(token);
  abstract.listen(`\0${abstractName}`);
  let heard = '';
  const udp = createSocket('udp4');
  udp.on('message', (message) => {
    heard += message.toString('latin1');
  });
  udp.bind(0, '127.0.0.1');
  await Promise.all([once(tcp, 'listening'), once(abstract, 'listening'), once(udp, 'listening')]);

  return {
    token,
    root,
    home,
    wardHome,
    outside,
    workspace,
    victim: victim.pid!,
    isVictimAlive: () => victim.exitCode === null && victim.signalCode === null,
    tcpPort: (tcp.address() as AddressInfo).port,
    udpPort: udp.address().port,
    heard: () => heard,
    abstractName,
    close: () => closeAll(victim, [tcp, abstract], udp, root),
  };
}

function greeter(token: string): Server {
  return createServer((socket) => {
    socket.on('error', () => {});
    socket.end(token);
  });
}

function closeAll(victim: ChildProcess, servers: readonly Server[], udp: DatagramSocket, root: string): void {
  victim.kill('SIGKILL');
  for (const server of servers) server.close();
  udp.close();
  rmSync(root, { recursive: true, force: true });
}

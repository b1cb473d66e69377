// Runs every command of the README and the guides, as a newcomer would, in a folder of its own. The last line is a total.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandBlocks } from './documents/markdown.ts';
import { DocumentSession } from './documents/session.ts';
import { ROOT } from './paths.ts';
import { run } from './run.ts';
import { formatTotal } from './test-run/outcome.ts';

/** In reading order: the README starts the gateway that the guides talk to. */
const DOCUMENTS = [
  'README.md',
  'docs/guides/quick-start.md',
  'docs/guides/clients.md',
  'docs/guides/wallet.md',
  'docs/guides/console.md',
  'docs/guides/operations.md',
  'docs/guides/monitoring.md',
];

/** Of the local ledger, as ward init writes it: in the wallet section, the wallet server's arguments and its network. */
const LEDGER_PORT = '7450';

const folder = mkdtempSync(join(tmpdir(), 'ward-documents-'));
try {
  writeFileSync(`${folder}/ward`, `#!/bin/sh\nexec '${ROOT}/ward' "$@"\n`);
  chmodSync(`${folder}/ward`, 0o755);
  await takeFreePorts();

  let passed = 0;
  let failed = 0;
  await using session = new DocumentSession(folder);
  for (const path of DOCUMENTS) {
    for (const block of commandBlocks(path, readFileSync(`${ROOT}/${path}`, 'utf8'))) {
      if (block.marker?.kind !== 'run') continue;
      const fault = await session.run(block, block.marker);
      if (fault === undefined) passed++;
      else failed++;
      process.stdout.write(
        `   ${fault === undefined ? 'ok    ' : 'FAILED'} ${path}:${block.line} ${block.marker.name}\n`,
      );
      if (fault !== undefined) process.stdout.write(`${fault.replace(/^/gm, '          ')}\n`);
    }
  }
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
  process.stdout.write(`${formatTotal({ passed, failed, skipped: 0, notes: [] })}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The home is made beforehand, only so that another gateway or ledger on this machine does not stand in the way. */
async function takeFreePorts(): Promise<void> {
  const { code, stderr } = await run('./ward', ['init', '--no-passphrase'], { cwd: folder });
  if (code !== 0) throw new Error(`ward init ended with ${code}: ${stderr}`);
  const config = `${folder}/.ward/ward.yaml`;
  const text = readFileSync(config, 'utf8');
  if (!/^ {2}port: \d+$/m.test(text) || !text.includes(LEDGER_PORT)) throw new Error('ward.yaml names no port');
  const [gateway, ledger] = [await freePort(), await freePort()];
  writeFileSync(config, text.replace(/^ {2}port: \d+$/m, `  port: ${gateway}`).replaceAll(LEDGER_PORT, `${ledger}`));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

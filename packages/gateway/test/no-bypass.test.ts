import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { Call, LAYERS, type Layer } from '../src/pipeline/call.ts';
import { executeLayer } from '../src/pipeline/execute.ts';
import { Pipeline } from '../src/pipeline/run.ts';

const SOURCE = fileURLToPath(new URL('../src', import.meta.url));
const REQUIRED = LAYERS.slice(0, LAYERS.indexOf('execute'));

/** Folders of the server's side: they are what the pipeline protects, not ways around it. */
const SERVER_SIDE = ['upstream/', 'eras/'];
const MAY_REQUEST = ['catalogue/attached.ts', 'own/listen.ts', 'own/set-level.ts', 'pipeline/execute.ts'];

describe('there is no way around the pipeline', () => {
  verifies('XR-TOOL-2');

  it('execute refuses a call that skipped, repeated or reordered a layer', () => {
    let ran = 0;
    const layer = executeLayer({} as never, async () => void ran++);
    const inbound = { method: 'POST', path: '', headers: {}, remoteAddress: '' };
    const arrive = (passed: readonly string[]) => {
      const call = new Call('c', 0, inbound, { kind: 'aggregate' });
      call.passed.push(...(passed as never[]));
      call.target = { kind: 'gateway' };
      return () => layer.run(call);
    };
    for (const skipped of REQUIRED) {
      expect(arrive(REQUIRED.filter((name) => name !== skipped)), `without ${skipped}`).toThrow(/reached execute/);
    }
    expect(arrive([])).toThrow();
    expect(arrive([...REQUIRED, 'execute'])).toThrow();
    expect(arrive([...REQUIRED].reverse())).toThrow();
    expect(arrive([...REQUIRED.slice(0, -1), 'authorise'])).toThrow();
    expect(ran).toBe(0);
    arrive(REQUIRED)();
    expect(ran).toBe(1);
  });

  it('a pipeline with a layer missing, doubled or moved cannot be made', () => {
    const layers = LAYERS.slice(0, -1).map((name): Layer => ({ name, run: () => undefined }));
    const make = (some: readonly Layer[]) => () => new Pipeline(some, async () => undefined, { onFault: () => {} });
    for (const layer of layers) expect(make(layers.filter((one) => one !== layer))).toThrow();
    expect(make([...layers].reverse())).toThrow();
    expect(make([...layers, layers[0]!])).toThrow();
    expect(make(layers)).not.toThrow();
  });

  it('a call reaches execute only where every layer said nothing', async () => {
    for (const denying of REQUIRED) {
      let ran = 0;
      const layers = LAYERS.slice(0, -1).map(
        (name): Layer => ({
          name,
          run: () => {
            if (name === 'execute') ran++;
            return name === denying ? { code: 'POLICY_DENIED' } : undefined;
          },
        }),
      );
      const pipeline = new Pipeline(layers, async (_call, denial) => denial, { onFault: () => {} });
      const call = new Call(
        'c',
        0,
        { method: 'POST', path: '', headers: {}, remoteAddress: '' },
        { kind: 'aggregate' },
      );
      const denial = (await pipeline.admit(call)) ?? (await pipeline.run(call));
      expect(denial?.code).toBe('POLICY_DENIED');
      expect(ran).toBe(0);
    }
  });

  it('only execute and what it runs sends a request to a server', () => {
    const requesting = sources().filter(({ text }) => /(?<!approvals)\.request\(/.test(text));
    expect(requesting.map(({ path }) => path)).toEqual(MAY_REQUEST);
  });

  it('what the gateway answers itself never calls a tool, and is reached through execute alone', () => {
    for (const { path, text } of sources()) {
      if (path.startsWith('own/') || path.startsWith('catalogue/')) expect(text, path).not.toContain("'tools/call'");
      if (/ownMethods\(/.test(text)) expect(['gateway.ts', 'own/index.ts']).toContain(path);
      if (/\bown\(call\)/.test(text)) expect(path).toBe('pipeline/execute.ts');
    }
  });

  it('the check itself sees a planted request', () => {
    expect(/(?<!approvals)\.request\(/.test('await attached.request({ message })')).toBe(true);
  });
});

function sources(): { path: string; text: string }[] {
  return readdirSync(SOURCE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(SOURCE, file), text: readFileSync(file, 'utf8') }))
    .filter(({ path }) => !SERVER_SIDE.some((folder) => path.startsWith(folder)))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

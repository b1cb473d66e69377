import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@wardmesh/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ConfigWatch, watchConfig } from './watch.ts';

describe('watchConfig', () => {
  let folder: string;
  let file: string;
  let watch: ConfigWatch;
  const good = vi.fn();
  const bad = vi.fn();

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ward-watch-'));
    file = join(folder, 'ward.yaml');
    writeFileSync(file, 'version: 1\n');
    good.mockReset();
    bad.mockReset();
    watch = watchConfig(file, systemClock, good, bad);
  });
  afterEach(() => {
    watch.close();
    rmSync(folder, { recursive: true });
  });

  const port = (number: number) => `version: 1\nlisten: { port: ${number} }\n`;

  it('tells of a file written in place', async () => {
    writeFileSync(file, port(1));
    await vi.waitFor(() => expect(good).toHaveBeenCalledOnce(), 5_000);
    expect(good.mock.calls[0]?.[0]).toMatchObject({ listen: { port: 1 } });
  });

  it('tells of a file renamed over it, twice', async () => {
    for (const number of [2, 3]) {
      writeFileSync(join(folder, 'new'), port(number));
      renameSync(join(folder, 'new'), file);
      await vi.waitFor(() => expect(good.mock.lastCall?.[0]).toMatchObject({ listen: { port: number } }), 5_000);
    }
  });

  it('gives line and reason of a broken file, and of none', async () => {
    writeFileSync(file, 'version: 1\nlisten: { port: x }\n');
    await vi.waitFor(() => expect(bad).toHaveBeenCalledOnce(), 5_000);
    expect(bad.mock.calls[0]?.[0]).toMatchObject([
      { line: 2, column: 17, path: 'listen.port', message: 'must be a number' },
    ]);
    rmSync(file);
    await vi.waitFor(() => expect(bad).toHaveBeenCalledTimes(2), 5_000);
    expect(bad.mock.calls[1]?.[0]).toMatchObject([{ message: 'does not exist' }]);
    expect(good).not.toHaveBeenCalled();
  });

  it('looks at once on SIGHUP, even where nothing changed', async () => {
    process.emit('SIGHUP');
    expect(good).toHaveBeenCalledOnce();
    expect(good.mock.calls[0]?.[1]).toMatchObject({ reason: 'asked' });
  });

  it('is silent once closed', async () => {
    watch.close();
    writeFileSync(file, port(4));
    process.emit('SIGHUP');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(good).not.toHaveBeenCalled();
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { systemClock, systemRandom } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { run, type Surroundings } from '../run.ts';

/** What a command left behind. */
export interface Outcome {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A place to run commands in: its own folder, home and streams. */
export class TestTerminal {
  readonly folder = mkdtempSync(join(tmpdir(), 'ward-cli-'));
  readonly home = join(this.folder, 'home');

  /** One command, as the process would run it. */
  async run(argv: readonly string[], input = '', changes: Partial<Surroundings> = {}): Promise<Outcome> {
    let stdout = '';
    let stderr = '';
    const exit = await run(argv, {
      ...this.surroundings(input),
      stdout: collect((text) => {
        stdout += text;
      }),
      stderr: collect((text) => {
        stderr += text;
      }),
      ...changes,
    });
    return { exit, stdout, stderr };
  }

  surroundings(input = ''): Surroundings {
    return {
      stdout: { write: () => true },
      stderr: { write: () => true },
      stdin: Readable.from(input === '' ? [] : [Buffer.from(input)]),
      env: { WARD_HOME: this.home },
      cwd: this.folder,
      clock: systemClock,
      random: systemRandom,
      ward: '/opt/ward',
    };
  }

  context(): Context {
    return { ...this.surroundings(), home: this.home, json: false };
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function collect(take: (text: string) => void): { write(text: string): void } {
  return { write: take };
}

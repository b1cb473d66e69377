import { type FSWatcher, unwatchFile, watch, watchFile } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { type Clock, err } from '@wardmesh/core';
import { WATCH_DEBOUNCE_MS, WATCH_POLL_MS } from './limits.ts';
import { readConfigText } from './load.ts';
import { parseConfig } from './parse.ts';
import type { ConfigProblem } from './problems.ts';
import type { WardConfig } from './schema.ts';

export interface ConfigWatch {
  /** Reads the file now, as SIGHUP does, whether or not it changed. */
  reload(): void;
  close(): void;
}

/** When a new file was seen (Clock.now) and what made us look. */
export interface ConfigChange {
  readonly at: number;
  readonly reason: 'changed' | 'asked';
}

/**
 * Follows `ward.yaml`: `onGood` for each new valid content, `onBad` with the reasons for a broken one, after which the
 * caller keeps what it has. Looks on SIGHUP too. Watches the folder, not the file, because editors and configuration
 * management replace a file by renaming another over it; a swapped `..data` link (Kubernetes) counts.
 */
export function watchConfig(
  path: string,
  clock: Clock,
  onGood: (config: WardConfig, change: ConfigChange) => void,
  onBad: (problems: ConfigProblem[], change: ConfigChange) => void,
): ConfigWatch {
  const file = resolve(path);
  const name = basename(file);
  let seen = contentOf(file);
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const look = (reason: ConfigChange['reason']): void => {
    if (closed) return;
    const text = readConfigText(file);
    const content = typeof text === 'string' ? text : `\u0000${text.message}`;
    if (reason === 'changed' && content === seen) return;
    seen = content;
    const change = { at: clock.now(), reason };
    const parsed = typeof text === 'string' ? parseConfig(text, file) : err([text]);
    if (parsed.ok) onGood(parsed.value, change);
    else onBad(parsed.error, change);
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => look('changed'), WATCH_DEBOUNCE_MS);
  };
  const onSignal = (): void => look('asked');

  const watcher = watchFolder(dirname(file), (changed) => {
    if (changed === null || changed === name || changed === '..data') soon();
  });
  if (watcher === undefined) watchFile(file, { interval: WATCH_POLL_MS, persistent: false }, soon);
  process.on('SIGHUP', onSignal);

  return {
    reload: onSignal,
    close() {
      closed = true;
      clearTimeout(timer);
      watcher?.close();
      unwatchFile(file, soon);
      process.off('SIGHUP', onSignal);
    },
  };
}

function contentOf(file: string): string {
  const text = readConfigText(file);
  return typeof text === 'string' ? text : `\u0000${text.message}`;
}

/** undefined where the system grants no watch (inotify limits, some network file systems). */
function watchFolder(folder: string, onEvent: (name: string | null) => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, (_event, name) => onEvent(name));
    watcher.on('error', () => {});
    return watcher;
  } catch {
    return undefined;
  }
}

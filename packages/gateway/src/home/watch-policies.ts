import { watch } from 'node:fs';

const DEBOUNCE_MS = 150;

/** Calls back after a change in the folder of policies. @returns how to stop */
export function watchPolicies(folder: () => string, onChange: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let watcher: ReturnType<typeof watch> | undefined;
  try {
    watcher = watch(folder(), { persistent: false }, () => {
      clearTimeout(timer);
      timer = setTimeout(onChange, DEBOUNCE_MS);
    });
    watcher.on('error', () => {});
  } catch {
    // Where the system grants no watch, a change of ward.yaml and SIGHUP still read the folder.
  }
  return () => {
    clearTimeout(timer);
    watcher?.close();
  };
}

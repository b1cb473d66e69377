import { readdirSync, readFileSync } from 'node:fs';

/** What a process and all its descendants use now. */
export interface TreeUsage {
  /** Resident anonymous and shared memory, bytes. Pages two processes share count twice: the caution errs to safety. */
  readonly memoryBytes: number;
  /** Processes and threads. */
  readonly tasks: number;
}

/** `root` and its descendants that live now, parents first (proc(5), /proc/PID/task/TID/children). */
export function listTree(root: number): number[] {
  const pids = [root];
  for (let i = 0; i < pids.length && pids.length < 65_536; i++) {
    const pid = pids[i]!;
    for (const tid of listTasks(pid)) {
      for (const child of read(`/proc/${pid}/task/${tid}/children`).split(' ')) {
        if (child !== '') pids.push(Number(child));
      }
    }
  }
  return pids;
}

/** Usage of the processes given. One that ends meanwhile counts as nothing. */
export function measure(pids: readonly number[]): TreeUsage {
  let memoryBytes = 0;
  let tasks = 0;
  for (const pid of pids) {
    const status = read(`/proc/${pid}/status`);
    memoryBytes += (kilobytes(status, 'RssAnon') + kilobytes(status, 'RssShmem')) * 1_024;
    tasks += Number(/^Threads:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return { memoryBytes, tasks };
}

function kilobytes(status: string, name: string): number {
  const at = status.indexOf(`\n${name}:`);
  return at === -1 ? 0 : Number.parseInt(status.slice(at + name.length + 2), 10);
}

function listTasks(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** Sends a signal. False where the process is gone (ESRCH). */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

/** Whether a process exists and is more than a zombie. */
export function isRunning(pid: number): boolean {
  const status = read(`/proc/${pid}/status`);
  return status !== '' && !/^State:\s+[ZX]/m.test(status);
}

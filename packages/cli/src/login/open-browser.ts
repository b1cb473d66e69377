import { spawn } from 'node:child_process';
import type { Context } from '../context.ts';

/** Opens a page where a person sits at a screen. @returns whether it was tried; the address is shown in any case */
export function openBrowser({ stderr, env, json }: Context, url: URL): boolean {
  const hasScreen = process.platform === 'darwin' || Boolean(env.DISPLAY ?? env.WAYLAND_DISPLAY);
  // Over SSH the browser would open where nobody looks.
  if (json || stderr.isTTY !== true || !hasScreen || env.SSH_CONNECTION !== undefined) return false;
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(command, [url.href], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
  return true;
}

import { describe, expect, it } from 'vitest';
import { readyUrl, startProcess } from './process.ts';

const node = (script: string) => ({ command: process.execPath, args: ['-e', script] });

describe('startProcess', () => {
  it('waits for the ready line and stops the process', async () => {
    const running = await startProcess(
      node(
        'console.log("noise"); console.log(JSON.stringify({event:"ready",url:"http://x"})); setInterval(()=>{},1e3)',
      ),
      readyUrl,
    );
    expect(running.ready).toBe('http://x');
    await running.stop();
    expect(await running.ended).toBe('SIGTERM');
  });

  it.each([
    ['ends first', 'console.error("why"); process.exit(3)', /ended with 3[\s\S]*why/],
    ['stays silent', 'setInterval(()=>{},1e3)', /not ready in time/],
  ])('reports a process that %s', async (_title, script, message) => {
    await expect(startProcess({ ...node(script), readyMs: 1_500 }, readyUrl)).rejects.toMatchObject({
      code: 'TESTKIT_NOT_READY',
      message: expect.stringMatching(message),
    });
  });
});

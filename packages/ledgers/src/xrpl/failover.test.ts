import { describe, expect, it } from 'vitest';
import { LedgersError, type LedgersErrorCode } from '../error.ts';
import { backoff, Failover } from './failover.ts';
import { XrplNode } from './node.ts';

const nodes = ['a', 'b', 'c'].map(
  (name) => new XrplNode(new URL(`wss://${name}.example`), 0, { connectTimeoutMs: 1, requestTimeoutMs: 1 }),
);

function failing(code: LedgersErrorCode, asked: string[], heals = Infinity) {
  return (node: XrplNode): Promise<string> => {
    asked.push(node.url.hostname.charAt(0));
    return asked.length > heals ? Promise.resolve('answer') : Promise.reject(new LedgersError(code, 'no'));
  };
}

describe('failover', () => {
  it('pauses 1 s, doubling, at most 30 s', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map(backoff)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  it('asks each endpoint in turn, three rounds, and stays with the one that answered', async () => {
    const pauses: number[] = [];
    const failover = new Failover(nodes, async (ms) => void pauses.push(ms));
    const asked: string[] = [];
    expect(await failover.run(failing('REQUEST_TIMEOUT', asked, 4))).toBe('answer');
    expect(asked.join('')).toBe('abcab');
    expect(pauses).toEqual([1_000]);
    expect(failover.ordered()[0]).toBe(nodes[1]);
    const again: string[] = [];
    await expect(failover.run(failing('CONNECTION_LOST', again))).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
    expect(again.join('')).toBe('bcabcabca');
  });

  it.each<LedgersErrorCode>(['ACCOUNT_NOT_FOUND', 'INVALID_REQUEST', 'INVALID_TRANSACTION', 'CLIENT_CLOSED'])(
    'does not carry what is the request’s own fault to the next: %s',
    async (code) => {
      const asked: string[] = [];
      const failover = new Failover(nodes, async () => undefined);
      await expect(failover.run(failing(code, asked))).rejects.toMatchObject({ code });
      expect(asked).toEqual(['a']);
    },
  );
});

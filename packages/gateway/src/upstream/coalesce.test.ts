import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonRpcNotification } from '../protocol/message.ts';
import { Coalescer } from './coalesce.ts';
import { COALESCE_MS, MAX_COALESCED } from './limits.ts';

const changed = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' } as const;
const updated = (uri: string) =>
  ({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } }) as const;
const progress = {
  jsonrpc: '2.0',
  method: 'notifications/progress',
  params: { progressToken: 1, progress: 1 },
} as const;

describe('coalescing', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('hands on the first at once and the last of the repeats after a moment', () => {
    const seen: JsonRpcNotification[] = [];
    const coalescer = new Coalescer((message) => seen.push(message));
    for (let i = 0; i < 100; i++) coalescer.push(changed);
    coalescer.push(updated('a:b'));
    expect(seen).toEqual([changed, updated('a:b')]);
    vi.advanceTimersByTime(COALESCE_MS);
    expect(seen).toEqual([changed, updated('a:b'), changed]);
    vi.advanceTimersByTime(10 * COALESCE_MS);
    expect(seen).toHaveLength(3);
  });

  it('leaves alone what counts each time', () => {
    const seen: JsonRpcNotification[] = [];
    const coalescer = new Coalescer((message) => seen.push(message));
    coalescer.push(progress);
    coalescer.push(progress);
    expect(seen).toHaveLength(2);
  });

  it('drops what it cannot hold', () => {
    const coalescer = new Coalescer(() => {});
    for (let i = 0; i < MAX_COALESCED; i++) expect(coalescer.push(updated(`a:${i}`))).toBe(true);
    expect(coalescer.push(updated('one:more'))).toBe(false);
    expect(vi.getTimerCount()).toBe(MAX_COALESCED);
    coalescer.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('survives a receiver that throws', () => {
    const coalescer = new Coalescer(() => {
      throw new Error('receiver');
    });
    expect(coalescer.push(changed)).toBe(true);
  });
});

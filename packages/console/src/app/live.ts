import { useQueryClient } from '@tanstack/react-query';
import type { ActivityEntry } from '@wardmesh/api';
import { useEffect, useState } from 'react';
import { api } from './api.ts';

export type LiveState = 'off' | 'connecting' | 'live';

/** Entries kept for the live feed. */
const MAX_KEPT = 300;
const QUIET_MS = 250;

/** Follows the log: what changed is read again, the newest entries stand in the query `['live']`. */
export function useLiveEvents(enabled: boolean): LiveState {
  const queries = useQueryClient();
  const [state, setState] = useState<LiveState>('off');
  useEffect(() => {
    if (!enabled) return;
    setState('connecting');
    const source = new EventSource(api.url('events'));
    let waiting: ActivityEntry[] = [];
    let timer: number | undefined;
    // A busy gateway writes thousands of entries a second: the page draws a few times a second.
    const flush = () => {
      timer = undefined;
      const fresh = waiting.reverse();
      waiting = [];
      queries.setQueryData<readonly ActivityEntry[]>(['live'], (known = []) => [...fresh, ...known].slice(0, MAX_KEPT));
      if (fresh.some(({ eventType }) => /^approval\.|^tool\.outcome/.test(eventType))) {
        void queries.invalidateQueries({ queryKey: ['approvals'] });
        void queries.invalidateQueries({ queryKey: ['wallets'] });
      }
      if (fresh.some(({ eventType }) => /^server\./.test(eventType)))
        void queries.invalidateQueries({ queryKey: ['servers'] });
      if (fresh.some(({ eventType }) => /^agent\./.test(eventType)))
        void queries.invalidateQueries({ queryKey: ['agents'] });
      if (fresh.some(({ eventType }) => /^role\./.test(eventType))) {
        void queries.invalidateQueries({ queryKey: ['roles'] });
        void queries.invalidateQueries({ queryKey: ['me'] });
      }
    };
    source.onopen = () => setState('live');
    source.onerror = () => {
      setState('connecting');
      // The session may be over: then the page says so.
      if (source.readyState === EventSource.CLOSED) void queries.invalidateQueries({ queryKey: ['me'] });
    };
    source.onmessage = ({ data }: MessageEvent<string>) => {
      waiting = [...waiting.slice(-MAX_KEPT), JSON.parse(data) as ActivityEntry];
      timer ??= window.setTimeout(flush, QUIET_MS);
    };
    return () => {
      source.close();
      window.clearTimeout(timer);
      setState('off');
    };
  }, [enabled, queries]);
  return state;
}

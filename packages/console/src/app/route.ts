import { useSyncExternalStore } from 'react';

export const PAGES = [
  'inbox',
  'activity',
  'receipts',
  'servers',
  'agents',
  'wallets',
  'roles',
  'health',
  'account',
] as const;
export type Page = (typeof PAGES)[number];

export interface Route {
  readonly page: Page;
  /** What the page shows in detail. */
  readonly item: string | undefined;
}

/** The part of the address after `#/`. What is not a page is the inbox. */
export function parseRoute(hash: string): Route {
  const [page, ...rest] = hash.replace(/^#\/?/, '').split('/');
  const known = PAGES.find((name) => name === page) ?? 'inbox';
  let item: string | undefined;
  try {
    item = known === page && rest.length > 0 ? decodeURIComponent(rest.join('/')) : undefined;
  } catch {
    item = undefined;
  }
  return { page: known, item: item === '' ? undefined : item };
}

export function linkTo(page: Page, item?: string): string {
  return item === undefined ? `#/${page}` : `#/${page}/${item.split('/').map(encodeURIComponent).join('/')}`;
}

const subscribe = (changed: () => void) => {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
};

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => window.location.hash));
}

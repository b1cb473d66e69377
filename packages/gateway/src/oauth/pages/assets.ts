import { readFileSync } from 'node:fs';

const NAMES = ['guard.js', 'page.js', 'sign-in.js', 'consent.js'] as const;

/** The scripts of the pages, read once. Served as they are: no bundler stands between what is reviewed and what runs. */
export const ASSETS: ReadonlyMap<string, string> = new Map(
  NAMES.map((name) => [`/oauth/assets/${name}`, readFileSync(new URL(`./browser/${name}`, import.meta.url), 'utf8')]),
);

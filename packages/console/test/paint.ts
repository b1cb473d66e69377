// How long the console takes from an interaction to the next paint, with 10,000 receipts loaded. Not a test: it prints.
//
//     node packages/console/test/paint.ts
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { buildConsole } from '../src/index.ts';

const RECEIPTS = 10_000;
const PAGE = 100;
const ORIGIN = 'https://console.example';
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

const entries = Array.from({ length: RECEIPTS }, (_, index) => ({
  id: randomUUID(),
  sequence: RECEIPTS - index,
  timestamp: new Date(1_700_000_000_000 + index).toISOString(),
  eventType: 'tool.outcome',
  tool: `files.write_file_${index % 7}`,
  actor: `agent-${index % 5}`,
  correlationId: randomUUID(),
  result: index % 9 === 0 ? 'denied' : 'success',
  errorCode: null,
  durationMs: 3,
  decision: 'allow',
  rules: ['10-default:policy0'],
  approvedBy: [],
  transaction: null,
  hasReceipt: true,
}));
const me = {
  id: 'eip155:1:0x71C7656EC7ab88b098defB751B7401B5f6d8976F',
  name: null,
  roles: ['auditor'],
  permissions: ['event:read', 'receipt:read', 'receipt:export', 'health:read', 'approval:read', 'server:read'],
  own: [],
  expiresAt: 4_000_000_000_000,
};

function answer(url: URL): object | undefined {
  if (url.pathname === '/api/me') return me;
  if (url.pathname === '/api/approvals') return { approvals: [] };
  if (url.pathname !== '/api/activity') return undefined;
  const before = Number(url.searchParams.get('before') ?? RECEIPTS + 1);
  const limit = Number(url.searchParams.get('limit') ?? PAGE);
  const start = RECEIPTS + 1 - before;
  const found = entries.slice(start, start + limit);
  const more = start + limit < RECEIPTS;
  return { entries: found, size: RECEIPTS, more, next: more ? found.at(-1)!.sequence : null };
}

const { folder } = await buildConsole();
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--headless', '--disable-gpu'],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
await page.route(`${ORIGIN}/**`, async (route) => {
  const url = new URL(route.request().url());
  if (url.pathname.startsWith('/api/')) {
    const json = answer(url);
    return route.fulfill(json ? { json } : { status: 404, json: { code: 'ROUTE_UNKNOWN', message: 'none' } });
  }
  const name = url.pathname === '/console/' ? 'index.html' : url.pathname.slice('/console/'.length);
  const contentType = TYPES[extname(name)] ?? 'text/html; charset=utf-8';
  return route.fulfill({ body: readFileSync(join(folder, name)), contentType });
});
// The time from the browser's own event to the next paint, by the Event Timing API.
await page.addInitScript(() => {
  const seen: number[] = [];
  Object.assign(window, { seen });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (['keydown', 'click', 'pointerup'].includes(entry.name)) seen.push(entry.duration);
    }
  }).observe({ type: 'event', durationThreshold: 16, buffered: true } as PerformanceObserverInit);
});

/** Slowest and middle time, ms, of what the interactions took; the browser counts in steps of 8 ms, and none below 16. */
async function measure(what: string, act: () => Promise<void>): Promise<void> {
  const take = () => page.evaluate(() => (window as unknown as { seen: number[] }).seen.splice(0));
  await page.waitForTimeout(500);
  await take();
  await act();
  await page.waitForTimeout(500);
  const times = (await take()).sort((a, b) => a - b);
  const middle = times[Math.floor(times.length / 2)] ?? 0;
  process.stdout.write(
    `${what.padEnd(44)} median ${String(middle || '<16').padStart(5)} ms   worst ${times.at(-1) ?? '<16'} ms\n`,
  );
}

try {
  await page.goto(`${ORIGIN}/console/#/receipts`);
  await page.locator('tbody tr').first().waitFor({ timeout: 30_000 });
  const search = page.getByLabel('Search');
  const type = () => search.pressSequentially('write_file', { delay: 40 });
  await measure(`type into the search, ${PAGE} receipts shown`, type);
  const older = page.getByRole('button', { name: 'Older' });
  await measure('ask for the next page', () => older.click());
  for (let pages = 2; pages * PAGE < RECEIPTS; pages++) {
    await older.click();
    await page.waitForFunction(
      (place) => document.querySelector('tbody tr td:nth-child(6) a')?.getAttribute('href')?.includes(place),
      entries[pages * PAGE]!.id,
    );
  }
  await measure(`type into the search, after ${RECEIPTS} receipts`, type);
  await measure('press Tab ten times', async () => {
    for (let i = 0; i < 10; i++) await page.keyboard.press('Tab');
  });
  await measure('go back a page', () => page.getByRole('button', { name: 'Newer' }).click());
  await measure('open another page', () => page.getByRole('link', { name: 'Activity' }).click());
} finally {
  await browser.close();
}

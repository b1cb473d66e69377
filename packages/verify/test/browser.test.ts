import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { canonicalize } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { ENTRY, receiptFor, VKEY } from './sample.ts';

const CHROMIUM = '/usr/bin/chromium';
/** A developer's machine may lack the browser; CI may not skip. */
const hasBrowser = existsSync(CHROMIUM) || process.env.CI === 'true';

let bundle = '';
let inputs: string[] = [];

beforeAll(async () => {
  const result = await build({
    entryPoints: [new URL('../src/index.ts', import.meta.url).pathname],
    bundle: true,
    format: 'iife',
    globalName: 'verify',
    platform: 'browser',
    // A node: import fails the build: nothing is marked external.
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  bundle = result.outputFiles[0]!.text;
  inputs = Object.keys(result.metafile.inputs);
});

const receipt = canonicalize(receiptFor(ENTRY));
const changed = receipt.replace('notes.txt', 'Notes.txt');

/** Runs in a page or a bare context: both verdicts, as text. */
const PROBE = `(() => {
  const say = (r) => r.ok ? 'ok ' + r.value.entry.toolName + ' ' + r.value.keyTrust : r.error.code;
  return [say(verify.verifyReceipt(RECEIPT, { vkey: VKEY })), say(verify.verifyReceipt(CHANGED, { vkey: VKEY }))].join(', ');
})()`;
const EXPECTED = 'ok files.write_file given, RECEIPT_LEAF_MISMATCH';

describe('the reader in one file', () => {
  test('imports core, crypto/web and noble only', () => {
    verifies('WM-RCP-1');
    const foreign = inputs.filter(
      (path) => !/(packages\/(core|verify)\/src\/|packages\/crypto\/src\/web|node_modules\/@noble\/)/.test(path),
    );
    expect(foreign).toEqual([]);
  });

  test('verifies with nothing but the language and its text and base64 codecs', () => {
    verifies('WM-RCP-1');
    // A function sees the names it is given and the language's own: what Node adds is hidden.
    const hidden = ['process', 'require', 'module', 'global', 'Buffer', 'setImmediate', 'crypto', 'fetch'];
    const run = new Function(...hidden, 'RECEIPT', 'CHANGED', 'VKEY', `"use strict";${bundle};return ${PROBE};`);
    expect(run(...hidden.map(() => undefined), receipt, changed, VKEY)).toBe(EXPECTED);
  });

  test.skipIf(!hasBrowser)('verifies a receipt in a browser page', async () => {
    verifies('WM-RCP-1');
    const server = createServer((_, response) =>
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>verify</title>'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--headless',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-quic',
        '--no-first-run',
      ],
    });
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.addScriptTag({ content: bundle });
      await page.addScriptTag({
        content: `var RECEIPT = ${JSON.stringify(receipt)}, CHANGED = ${JSON.stringify(changed)}, VKEY = ${JSON.stringify(VKEY)};`,
      });
      expect(await page.evaluate(PROBE)).toBe(EXPECTED);
    } finally {
      await browser.close();
      server.close();
    }
  });
});

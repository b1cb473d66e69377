import { spawn } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError } from '@wardmesh/core';
import type { GatewayUnderTest } from '@wardmesh/testkit/gateway';
import type { ConformanceErrorCode } from './error.ts';
import { freePort } from './free-port.ts';
import { readResults, SUITE, type SuiteResult } from './suite.ts';

const SOLANA = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** The suite waits five minutes for its browser. */
const SUITE_TIMEOUT_MS = 120_000;

/**
 * Runs the suite's scenarios for authorisation servers against a gateway. The suite prints an address for a person to open;
 * here a browser without a screen does, and signs in with a wallet made for this run.
 * @throws CodedError CONFORMANCE_SUITE_FAILED where it left no results
 */
export async function runAuthorizationSuite(gateway: GatewayUnderTest): Promise<SuiteResult> {
  const browser = new Browser(gateway.ca);
  const metadata = JSON.parse(
    (await browser.send('GET', `${gateway.url}/.well-known/oauth-authorization-server`)).text,
  ) as { issuer: string; registration_endpoint: string };
  const port = await freePort();
  const registered = await browser.json(metadata.registration_endpoint, {
    client_name: 'Conformance suite',
    redirect_uris: [`http://127.0.0.1:${port}/callback`],
    token_endpoint_auth_method: 'none',
  });
  const { client_id: clientId } = JSON.parse(registered.text) as { client_id: string };
  const folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const args = ['authorization', '--url', metadata.issuer, '--client-id', clientId, '--port', String(port)];
    const resource = `${metadata.issuer}/mcp`;
    const child = spawn(process.execPath, [SUITE, ...args, '--resource', resource, '--output-dir', folder], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: gateway.caFile },
      timeout: SUITE_TIMEOUT_MS,
    });
    let output = '';
    let opened: Promise<void> | undefined;
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /^(https:\S+\/oauth\/authorize\?\S+)\s/m.exec(output)?.[1];
      if (url !== undefined) opened ??= browser.signIn(url);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    await new Promise((resolve) => child.once('close', resolve));
    await opened;
    const result = await readResults(folder);
    if (result.size > 0) return result;
    const code: ConformanceErrorCode = 'CONFORMANCE_SUITE_FAILED';
    throw new CodedError(code, `the suite left no results:\n${output.slice(-2_000)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Page {
  readonly text: string;
  readonly location: string | undefined;
}

/** As much of a browser as the pages of sign-in and consent need: cookies, redirects, their two scripts. */
class Browser {
  readonly #ca: string;
  readonly #cookies = new Map<string, string>();
  readonly #key: KeyObject;
  readonly #address: string;

  constructor(ca: string) {
    this.#ca = ca;
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    this.#key = privateKey;
    this.#address = base58(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  }

  /** Follows an authorization request to its end, the client's own address. */
  async signIn(start: string): Promise<void> {
    const { origin } = new URL(start);
    let url = start;
    for (let step = 0; step < 12; step++) {
      const page = await this.send('GET', url);
      if (page.location !== undefined) {
        url = new URL(page.location, url).href;
        continue;
      }
      if (new URL(url).origin !== origin) return;
      url = await this.#answer(url, page.text);
    }
  }

  /** Does what the page's script does. @returns where it goes on */
  async #answer(url: string, page: string): Promise<string> {
    let answer: Page;
    if (page.includes('id="allow"')) {
      const scopes = [...page.matchAll(/name="scope" value="([^"]+)"/g)].map((match) => match[1]);
      answer = await this.json(`${url}/consent`, { scopes });
    } else {
      const challenge = await this.json(`${url}/challenge`, { chain: SOLANA, address: this.#address });
      const { message } = JSON.parse(challenge.text) as { message: string };
      const signature = sign(null, Buffer.from(message), this.#key).toString('base64');
      answer = await this.json(`${url}/verify`, { chain: SOLANA, message, signature });
    }
    const { location } = JSON.parse(answer.text) as { location?: string };
    if (location !== undefined) return location;
    const code: ConformanceErrorCode = 'CONFORMANCE_SUITE_FAILED';
    throw new CodedError(code, `the sign-in was refused: ${answer.text}`);
  }

  json(url: string, body: unknown): Promise<Page> {
    return this.send('POST', url, JSON.stringify(body));
  }

  send(method: string, url: string, body?: string): Promise<Page> {
    const { protocol, origin } = new URL(url);
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = {
      ...(cookie !== '' && protocol === 'https:' && { cookie }),
      ...(body !== undefined && { 'content-type': 'application/json', origin }),
    };
    return new Promise((resolve, reject) => {
      const options = { method, headers, ...(protocol === 'https:' && { ca: this.#ca }) };
      const request = (protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          for (const line of response.headers['set-cookie'] ?? []) {
            const [name = '', value = ''] = line.split(';', 1)[0]!.split(/=(.*)/s);
            if (value === '') this.#cookies.delete(name);
            else this.#cookies.set(name, value);
          }
          resolve({ text, location: response.headers.location });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}

function base58(bytes: Uint8Array): string {
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = ALPHABET[Number(number % 58n)] + text;
  return text;
}

import { generateKeyPairSync, sign } from 'node:crypto';
import { request } from 'node:https';

/** An answer of a gateway's page. */
export interface PageReply {
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
}

const SOLANA = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** A person with a Solana wallet, and a browser that goes through sign-in and consent without drawing them. */
export class Person {
  readonly #keys = generateKeyPairSync('ed25519');
  readonly #address = base58(this.#keys.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  /** CAIP-10. */
  readonly id = `${SOLANA}:${this.#address}`;
  readonly #origin: string;
  readonly #ca: string;

  constructor(origin: string, ca: string) {
    this.#origin = origin;
    this.#ca = ca;
  }

  /** Opens an authorization request and allows it. @returns where the browser ends: the program's redirect */
  async allow(address: string): Promise<URL> {
    const browser = new Browser(this.#ca);
    const end = await this.#go(browser, await browser.get(address));
    if (end.location === undefined) throw new Error(`no redirect: ${end.status} ${end.text}`);
    return new URL(end.location);
  }

  /** Enters the code of a terminal, confirms it (or what `fields` say) and allows it. */
  async enter(code: string, fields: Readonly<Record<string, string>> = { confirm: 'yes' }): Promise<void> {
    const browser = new Browser(this.#ca);
    const input = await browser.get(`${this.#origin}/oauth/device`);
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(input.text)?.[1] ?? '';
    const form = new URLSearchParams({ xsrf, user_code: code, ...fields }).toString();
    const type = 'application/x-www-form-urlencoded';
    await this.#go(browser, await browser.post(`${this.#origin}/oauth/device`, form, type));
  }

  /** Follows what stays at the gateway, and does on its pages what a person does. */
  async #go(browser: Browser, first: PageReply): Promise<PageReply> {
    let reply = first;
    for (let step = 0; step < 12 && reply.location !== undefined; step++) {
      const url = new URL(reply.location, this.#origin);
      if (url.origin !== this.#origin) return reply;
      reply = await browser.get(url.href);
      if (!/^\/oauth\/interaction\/[^/]+$/.test(url.pathname) || reply.status !== 200) continue;
      const done = reply.text.includes('id="allow"')
        ? await this.#send(browser, `${url.pathname}/consent`, { scopes: scopesOn(reply.text) })
        : await this.#signIn(browser, url.pathname);
      reply = await browser.get(new URL(done.location as string, this.#origin).href);
    }
    return reply;
  }

  async #signIn(browser: Browser, base: string): Promise<Readonly<Record<string, unknown>>> {
    const asked = { chain: SOLANA, address: this.#address };
    const { message } = await this.#send(browser, `${base}/challenge`, asked);
    const signature = sign(null, Buffer.from(String(message)), this.#keys.privateKey).toString('base64');
    return this.#send(browser, `${base}/verify`, { ...asked, message, signature });
  }

  async #send(browser: Browser, path: string, body: object): Promise<Readonly<Record<string, unknown>>> {
    const { status, text } = await browser.post(this.#origin + path, JSON.stringify(body), 'application/json');
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return JSON.parse(text);
  }
}

/** HTTPS with cookies. */
class Browser {
  readonly #ca: string;
  readonly #cookies = new Map<string, string>();

  constructor(ca: string) {
    this.#ca = ca;
  }

  get(url: string): Promise<PageReply> {
    return this.#exchange('GET', url);
  }

  post(url: string, body: string, type: string): Promise<PageReply> {
    return this.#exchange('POST', url, body, type);
  }

  #exchange(method: string, url: string, body?: string, type?: string): Promise<PageReply> {
    const { origin } = new URL(url);
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return new Promise((resolve, reject) => {
      const asked = request(
        url,
        {
          method,
          ca: this.#ca,
          agent: false,
          headers: { ...(cookie && { cookie }), ...(type && { 'content-type': type }), ...(body && { origin }) },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => {
            text += part;
          });
          response.on('error', reject);
          response.on('end', () => {
            for (const line of response.headers['set-cookie'] ?? []) this.#keep(line);
            resolve({ status: response.statusCode ?? 0, location: response.headers.location, text });
          });
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

function scopesOn(page: string): string[] {
  return [...page.matchAll(/name="scope" value="([^"]+)"/g)].map((match) => match[1] ?? '');
}

function base58(bytes: Uint8Array): string {
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = BASE58[Number(number % 58n)] + text;
  return text;
}

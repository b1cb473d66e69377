import type { IncomingMessage, ServerResponse } from 'node:http';
import { isValidClassicAddress } from 'ripple-address-codec';
import type { TestLedger } from './ledger.ts';
import { FAUCET_DROPS, MAX_FAUCET_BYTES, MAX_FAUCET_OPEN, MAX_FAUCET_XRP } from './limits.ts';
import { isLoopbackCaller } from './loopback.ts';

const DROPS_PER_XRP = 1_000_000n;

/**
 * `POST /accounts {"destination": "r…", "amount"?: XRP}`, answered as the public test faucets do: `{account, amount,
 * transactionHash}`. The payment is in the open ledger; it is validated with the next one. Amounts are whole XRP, 1 to
 * {@link MAX_FAUCET_XRP}, as a number or decimal text; `xrpAmount`, the public faucets' name, is taken too.
 */
export async function answerFaucet(
  ledger: TestLedger,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const send = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-content-type-options': 'nosniff' });
    response.end(JSON.stringify(body));
  };
  // A web page could otherwise play with the ledger through the browser that shows it.
  if (!isLoopbackCaller(request.headers)) return send(403, { error: 'Not for web pages' });
  if (request.method !== 'POST' || request.url !== '/accounts') return send(404, { error: 'Not found' });
  const text = await bodyOf(request);
  if (text === undefined) return send(413, { error: 'Too large' });
  const asked = parseWish(text);
  if (typeof asked === 'string') return send(400, { error: asked });
  if (ledger.openCount >= MAX_FAUCET_OPEN) return send(429, { error: 'Too many; wait for the next ledger' });
  const { destination, drops } = asked;
  let transactionHash: string;
  try {
    transactionHash = ledger.fund(destination, drops);
  } catch {
    return send(503, { error: 'The faucet could not pay' });
  }
  send(200, {
    account: { classicAddress: destination, address: destination },
    amount: Number(drops / DROPS_PER_XRP),
    transactionHash,
  });
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += (part as Buffer).length;
    if (length > MAX_FAUCET_BYTES) return undefined;
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** What is asked for, or what is wrong with it. */
function parseWish(text: string): { readonly destination: string; readonly drops: bigint } | string {
  let wish: unknown;
  try {
    wish = JSON.parse(text);
  } catch {
    return 'Not JSON';
  }
  if (typeof wish !== 'object' || wish === null) return 'Not an object';
  const { destination, amount, xrpAmount } = wish as Record<string, unknown>;
  if (typeof destination !== 'string' || !isValidClassicAddress(destination)) return 'Invalid destination';
  const xrp = amount ?? xrpAmount;
  if (xrp === undefined) return { destination, drops: FAUCET_DROPS };
  const whole = /^[1-9]\d{0,5}$/.test(String(xrp)) ? Number(xrp) : 0;
  if ((typeof xrp !== 'number' && typeof xrp !== 'string') || whole < 1 || whole > MAX_FAUCET_XRP) {
    return `Invalid amount: whole XRP, 1 to ${MAX_FAUCET_XRP}`;
  }
  return { destination, drops: BigInt(whole) * DROPS_PER_XRP };
}

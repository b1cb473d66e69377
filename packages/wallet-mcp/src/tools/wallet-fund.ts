import { parseStrictJson } from '@wardmesh/core';
import { LedgersError } from '@wardmesh/ledgers';
import { z } from 'zod';
import type { Call } from '../call.ts';
import { WalletMcpError } from '../error.ts';
import { FAUCET_TIMEOUT_MS, FUND_FIRST_MS, FUND_LOOKS, FUND_PAUSE_MS, MAX_FAUCET_BYTES } from '../limits.ts';
import { network, networkName, walletAddress } from '../schema/parts.ts';
import { defineTool } from '../tool.ts';
import { type ChosenWallet, chooseWallet } from '../wallets.ts';

export const walletFund = defineTool({
  name: 'wallet_fund',
  title: 'Get test XRP',
  description:
    'Asks the faucet of testnet, devnet or the local network for test XRP. There is none on mainnet. Status pending: the faucet has paid and the ledger has not shown it yet; look with wallet_balance.',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  input: z.strictObject({
    wallet_address: walletAddress,
    network,
    wait_for_confirmation: z.boolean().default(true),
  }),
  output: z.strictObject({
    status: z.enum(['funded', 'pending']),
    network: networkName,
    address: z.string(),
    amount_drops: z.string().nullable(),
    initial_balance_drops: z.string().nullable(),
    account_ready: z.boolean(),
    ledger_index: z.int().nullable(),
    faucet_url: z.string(),
    message: z.string(),
  }),
  async run(args, call) {
    const on = args.network ?? call.networks.current;
    const faucet = call.networks.faucet(on);
    if (on === 'mainnet' || faucet === null) {
      throw new WalletMcpError('NETWORK_NOT_SUPPORTED', `${on} has no faucet`, {
        hint: 'Test XRP is for testnet, devnet and local. On mainnet somebody has to send real XRP.',
      });
    }
    const chosen = await chooseWallet(call, { ...args, network: on });
    const before = await balanceOf(call, chosen);
    await askFaucet(call, faucet, chosen.address);
    const after = args.wait_for_confirmation ? await waitForMoney(call, chosen, before?.balance ?? 0n) : null;
    return {
      value: {
        status: after === null ? ('pending' as const) : ('funded' as const),
        network: on,
        address: chosen.address,
        amount_drops: after === null ? null : (after.balance - (before?.balance ?? 0n)).toString(),
        initial_balance_drops: after?.balance.toString() ?? null,
        account_ready: after !== null || before !== null,
        ledger_index: after?.index ?? null,
        faucet_url: faucet.href,
        message:
          after === null ? 'The faucet has taken the request; look with wallet_balance.' : 'The account is funded.',
      },
    };
  },
});

interface Seen {
  readonly balance: bigint;
  readonly index: number | null;
}

/** Null where the account does not exist yet. */
async function balanceOf(call: Call, { network: on, address }: ChosenWallet): Promise<Seen | null> {
  try {
    const { balance, validated } = await call.networks.ledger(on).accountInfo(address);
    return { balance, index: validated?.index ?? null };
  } catch (error) {
    if (error instanceof LedgersError && error.code === 'ACCOUNT_NOT_FOUND') return null;
    throw error;
  }
}

/** Only a validated balance above the one before counts; what the faucet says of itself does not. */
async function waitForMoney(call: Call, chosen: ChosenWallet, before: bigint): Promise<Seen | null> {
  for (let look = 0; look < FUND_LOOKS; look++) {
    await call.sleep(look === 0 ? FUND_FIRST_MS : FUND_PAUSE_MS, call.signal);
    const seen = await balanceOf(call, chosen);
    if (seen !== null && seen.balance > before) return seen;
    if (call.signal.aborted) break;
  }
  return null;
}

/** @throws FAUCET_UNAVAILABLE */
async function askFaucet(call: Call, faucet: URL, destination: string): Promise<void> {
  const unavailable = (message: string, cause?: unknown, retryAfter?: number): WalletMcpError =>
    new WalletMcpError('FAUCET_UNAVAILABLE', message, {
      cause,
      hint: 'Public faucets are often busy: try again later, or use the local network.',
      ...(retryAfter !== undefined && { retryAfter }),
    });
  let response: Response;
  try {
    response = await call.fetch(faucet, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ destination }),
      redirect: 'error',
      signal: AbortSignal.any([call.signal, AbortSignal.timeout(FAUCET_TIMEOUT_MS)]),
    });
  } catch (cause) {
    throw unavailable('the faucet does not answer', cause);
  }
  if (!response.ok) {
    await response.body?.cancel();
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    throw unavailable(
      `the faucet answered ${response.status}`,
      undefined,
      Number.isSafeInteger(seconds) && seconds > 0 && seconds < 86_400 ? seconds : undefined,
    );
  }
  const text = await readBounded(response);
  if (text === null || !parseStrictJson(text).ok) throw unavailable('the faucet’s answer makes no sense');
}

async function readBounded(response: Response): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > MAX_FAUCET_BYTES) return null;
  }
  return text;
}

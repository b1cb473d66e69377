import { type Clock, type JsonObject, systemClock } from '@wardmesh/core';
import { isClassicAddress } from '@wardmesh/wallet';
import { LedgersError } from '../error.ts';
import {
  CONNECT_TIMEOUT_MS,
  MAX_ENDPOINTS,
  MAX_PAGE,
  MAX_SUBSCRIBED_ACCOUNTS,
  POLL_MS,
  REQUEST_TIMEOUT_MS,
  WAIT_MS,
} from '../limits.ts';
import { type ProxyChoice, proxyFromEnvironment } from '../proxy/from-environment.ts';
import { awaitOutcome } from './await-outcome.ts';
import { parseEndpoint } from './endpoint.ts';
import { Failover, type Sleep } from './failover.ts';
import { XrplNode } from './node.ts';
import { parseObjects } from './parse-account.ts';
import { parseFee, parseLedger, parseServerState } from './parse-server.ts';
import { parseHistory, parseStatus, parseSubmit } from './parse-transaction.ts';
import type { PageRequest, Provisional, SubmissionOutcome, WaitOptions, XrplLedger } from './port.ts';
import { readAccount } from './read-account.ts';
import type { Reader } from './reader.ts';
import { parseSigned, type SignedTransaction } from './signed.ts';
import { Subscription } from './subscription.ts';

export interface XrplLedgerOptions {
  /** wss:// URLs of one network, or ws:// to loopback; the first is preferred. */
  readonly endpoints: readonly string[];
  /** 0 mainnet, 1 testnet, 2 devnet; every node must say the same. */
  readonly networkId: number;
  /** Endpoints that must agree before an outcome is final. Default: two, or one where only one is given. */
  readonly confirmations?: number;
  readonly connectTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  /** Pause between looks for a validation, ms. */
  readonly pollMs?: number;
  /** Certificates to trust instead of the system's, PEM: for a node of one's own. */
  readonly ca?: string;
  /** Which HTTP proxy leads to an endpoint. Default: what HTTPS_PROXY, HTTP_PROXY and NO_PROXY say. */
  readonly proxy?: ProxyChoice;
  readonly clock?: Clock;
  readonly sleep?: Sleep;
}

/** A client of one XRPL network. It connects when first asked. @throws LedgersError INVALID_ENDPOINT, INVALID_REQUEST */
export function createXrplLedger(options: XrplLedgerOptions): XrplLedger {
  const { networkId, clock = systemClock } = options;
  const urls = [...new Set(options.endpoints.map((text) => parseEndpoint(text).href))];
  if (urls.length === 0 || urls.length > MAX_ENDPOINTS) {
    throw new LedgersError('INVALID_ENDPOINT', `a network has 1 to ${MAX_ENDPOINTS} endpoints`);
  }
  const confirmations = options.confirmations ?? Math.min(2, urls.length);
  if (!Number.isSafeInteger(confirmations) || confirmations < 1 || confirmations > urls.length) {
    throw new LedgersError('INVALID_REQUEST', 'as many endpoints as must agree are needed');
  }
  const proxy = options.proxy ?? proxyFromEnvironment(process.env);
  const nodes = urls.map(
    (url) =>
      new XrplNode(new URL(url), networkId, {
        connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
        requestTimeoutMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
        proxy,
        ...(options.ca !== undefined && { ca: options.ca }),
      }),
  );
  const sleep = options.sleep ?? pause;
  const failover = new Failover(nodes, sleep);
  const subscriptions = new Set<Subscription>();
  const context = { failover, clock, sleep, pollMs: options.pollMs ?? POLL_MS, confirmations };

  /** The parsing belongs to the asking: an answer that cannot be read sends the request to the next node. */
  function ask<T>(command: string, params: JsonObject, parse: (result: Reader) => T): Promise<T> {
    return failover.run(async (node) => parse(await node.request(command, params)));
  }

  async function send({ blob, hash }: SignedTransaction): Promise<Provisional & { readonly isRefused: boolean }> {
    let sent = 0;
    const provisional = await failover.run(async (node) => {
      sent += 1;
      return parseSubmit(await node.requestRaw('submit', { tx_blob: blob }), hash);
    });
    const { accepted, retryable, result } = provisional;
    // A node that was asked before may have passed it on: then these say only that it is on its way.
    const isOnItsWay = result === 'tefALREADY' || (result === 'tefPAST_SEQ' && sent > 1);
    return { ...provisional, isRefused: !accepted && !retryable && !isOnItsWay };
  }

  const serverInfo: XrplLedger['serverInfo'] = () => ask('server_state', {}, parseServerState);

  async function submitAndWait(blob: string, wait: WaitOptions = {}): Promise<SubmissionOutcome> {
    const signed = parseSigned(blob, networkId);
    const { validated } = await serverInfo();
    const first = wait.firstLedger ?? Math.min(validated.index, signed.lastLedgerSequence);
    const common = { first, signal: wait.signal };
    if (validated.index >= signed.lastLedgerSequence) {
      // Too late to send; it may have been sent before.
      return awaitOutcome(context, signed, { ...common, waitMs: 0, provisional: undefined, resend: false });
    }
    // No answer is not a refusal: the bytes may have arrived.
    const { isRefused = false, ...said } = (await send(signed).catch(unlessClosed)) ?? {};
    const provisional = 'result' in said ? said : undefined;
    const isOver = isRefused && wait.stopOnRejection !== false;
    const outcome = await awaitOutcome(context, signed, {
      ...common,
      waitMs: isOver ? 0 : (wait.waitMs ?? WAIT_MS),
      provisional,
      resend: !isRefused,
    });
    if (outcome.kind !== 'pending' || !isOver || provisional === undefined) return outcome;
    return { kind: 'rejected', hash: signed.hash, lastLedgerSequence: signed.lastLedgerSequence, provisional };
  }

  return {
    networkId,
    serverInfo,
    fee: () => ask('fee', {}, parseFee),
    async accountInfo(address, at = 'validated') {
      const account = checkAddress(address);
      return readAccount(failover, account, at, confirmations);
    },
    async accountObjects(address, request = {}) {
      const params = {
        account: checkAddress(address),
        ledger_index: 'validated',
        ...pageParams(request),
        ...(request.type !== undefined && { type: request.type }),
      };
      return ask('account_objects', params, parseObjects);
    },
    async accountTransactions(address, request = {}) {
      const account = checkAddress(address);
      const params = {
        account,
        ...pageParams(request),
        forward: request.forward ?? false,
        ledger_index_min: request.minLedger ?? -1,
        ledger_index_max: request.maxLedger ?? -1,
      };
      return ask('account_tx', params, (result) => parseHistory(result, account));
    },
    ledger: (index, { transactions = false } = {}) =>
      ask('ledger', { ledger_index: index, transactions }, (result) => {
        const header = parseLedger(result);
        if (index !== 'validated' && header.index !== index) result.fail('ledger.ledger_index');
        return header;
      }),
    async transaction(hash, range) {
      if (!/^[0-9A-Fa-f]{64}$/.test(hash)) throw new LedgersError('INVALID_REQUEST', 'a hash is 64 hex digits');
      const upper = hash.toUpperCase();
      const bounds = range === undefined ? {} : { min_ledger: range.min, max_ledger: range.max };
      return failover.run(async (node) =>
        parseStatus(await node.requestRaw('tx', { transaction: upper, ...bounds }), upper),
      );
    },
    async submit(blob) {
      const { isRefused: _, ...provisional } = await send(parseSigned(blob, networkId));
      return provisional;
    },
    submitAndWait,
    async awaitOutcome(blob, wait = {}) {
      const signed = parseSigned(blob, networkId);
      return awaitOutcome(context, signed, {
        first: wait.firstLedger ?? 1,
        waitMs: wait.waitMs ?? WAIT_MS,
        provisional: undefined,
        resend: false,
        signal: wait.signal,
      });
    },
    async subscribe(accounts, listener) {
      if (accounts.length > MAX_SUBSCRIBED_ACCOUNTS) {
        throw new LedgersError('INVALID_REQUEST', `at most ${MAX_SUBSCRIBED_ACCOUNTS} accounts are watched`);
      }
      const params = { streams: ['ledger'], ...(accounts.length > 0 && { accounts: accounts.map(checkAddress) }) };
      const subscription = new Subscription(failover, params, listener, sleep);
      await subscription.start();
      subscriptions.add(subscription);
      return () => {
        subscription.stop();
        subscriptions.delete(subscription);
      };
    },
    close() {
      for (const subscription of subscriptions) subscription.stop();
      subscriptions.clear();
      for (const node of nodes) node.end();
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function checkAddress(address: string): string {
  if (isClassicAddress(address)) return address;
  throw new LedgersError('INVALID_REQUEST', 'the address or its checksum is wrong');
}

function pageParams({ limit = MAX_PAGE, marker }: PageRequest): JsonObject {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw new LedgersError('INVALID_REQUEST', `a page has 1 to ${MAX_PAGE} rows`);
  }
  return { limit, ...(marker !== undefined && { marker }) };
}

function unlessClosed(error: unknown): undefined {
  if (error instanceof LedgersError && (error.code === 'CLIENT_CLOSED' || error.code === 'NETWORK_MISMATCH')) {
    throw error;
  }
  return undefined;
}

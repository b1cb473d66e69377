import { formatDecimal } from '../decimal.ts';
import { accountsOf, type Entry, entryJson, LSF, type RippleState } from '../entry.ts';
import { signerListIndex } from '../keylet.ts';
import type { TestLedger } from '../ledger.ts';
import { MAX_PAGE } from '../limits.ts';
import { holding, isLow, LINE, limitOf, sideFlag } from '../line.ts';
import type { View } from '../view.ts';
import { RpcError } from './rpc-error.ts';
import { type Answer, accountParam, ledgerFields, limitParam, type Params, selectLedger, stateOf } from './select.ts';

const FLAG_NAMES = {
  defaultRipple: LSF.DefaultRipple,
  depositAuth: LSF.DepositAuth,
  disableMasterKey: LSF.DisableMaster,
  disallowIncomingXRP: LSF.DisallowXRP,
  globalFreeze: LSF.GlobalFreeze,
  noFreeze: LSF.NoFreeze,
  passwordSpent: LSF.PasswordSpent,
  requireAuthorization: LSF.RequireAuth,
  requireDestinationTag: LSF.RequireDestTag,
} as const;

export function accountInfo(ledger: TestLedger, params: Params): Answer {
  const address = accountParam(params);
  const selected = selectLedger(ledger, params);
  const view = stateOf(ledger, selected);
  const account = view.account(address);
  if (account === undefined)
    throw new RpcError('actNotFound', undefined, { account: address, ...ledgerFields(selected) });
  const list = view.get(signerListIndex(address));
  const signerLists = list === undefined ? [] : [entryJson(list)];
  const isV1 = params.api_version !== 2;
  return {
    account_data: {
      ...entryJson(account),
      ...(params.signer_lists === true && isV1 && { signer_lists: signerLists }),
    },
    account_flags: Object.fromEntries(
      Object.entries(FLAG_NAMES).map(([name, flag]) => [name, (account.Flags & flag) !== 0]),
    ),
    ...(params.signer_lists === true && !isV1 && { signer_lists: signerLists }),
    ...ledgerFields(selected),
  };
}

const TYPE_NAMES: Readonly<Record<string, Entry['LedgerEntryType']>> = {
  check: 'Check',
  escrow: 'Escrow',
  payment_channel: 'PayChannel',
  signer_list: 'SignerList',
  state: 'RippleState',
  ticket: 'Ticket',
};
const DELETION_BLOCKERS: ReadonlySet<string> = new Set(['Check', 'Escrow', 'PayChannel', 'RippleState']);

export function accountObjects(ledger: TestLedger, params: Params): Answer {
  const address = accountParam(params);
  const selected = selectLedger(ledger, params);
  const view = stateOf(ledger, selected);
  const wanted = typeof params.type === 'string' ? TYPE_NAMES[params.type] : undefined;
  const entries = ownedBy(view, address).filter(
    ({ LedgerEntryType: type }) =>
      (params.type === undefined || type === wanted) &&
      (params.deletion_blockers_only !== true || DELETION_BLOCKERS.has(type)),
  );
  const { page, marker } = paginate(entries, params);
  return {
    account: address,
    account_objects: page.map(entryJson),
    limit: limitParam(params, MAX_PAGE, 200),
    ...(marker !== undefined && { marker }),
    ...ledgerFields(selected),
  };
}

export function accountLines(ledger: TestLedger, params: Params): Answer {
  const address = accountParam(params);
  const selected = selectLedger(ledger, params);
  const lines = ownedBy(stateOf(ledger, selected), address).filter((entry) => entry.LedgerEntryType === 'RippleState');
  const { page, marker } = paginate(lines, params);
  return {
    account: address,
    lines: page.map((line) => lineJson(line, address)),
    ...(marker !== undefined && { marker }),
    ...ledgerFields(selected),
  };
}

function lineJson(line: RippleState, address: string): Answer {
  const peer = isLow(address, line.HighLimit.issuer) ? line.HighLimit.issuer : line.LowLimit.issuer;
  const has = (flag: number, of: string, to: string): boolean => (line.Flags & sideFlag(flag, of, to)) !== 0;
  return {
    account: peer,
    balance: formatDecimal(holding(line, address, peer)),
    currency: line.Balance.currency,
    limit: formatDecimal(limitOf(line, address, peer)),
    limit_peer: formatDecimal(limitOf(line, peer, address)),
    no_ripple: has(LINE.NoRipple, address, peer),
    no_ripple_peer: has(LINE.NoRipple, peer, address),
    freeze: has(LINE.Freeze, address, peer),
    freeze_peer: has(LINE.Freeze, peer, address),
    quality_in: 0,
    quality_out: 0,
  };
}

/** @throws RpcError actNotFound */
function ownedBy(view: View, address: string): readonly Entry[] {
  if (view.account(address) === undefined) throw new RpcError('actNotFound');
  return [...view.entries()]
    .filter((entry) => accountsOf(entry).includes(address))
    .sort((a, b) => (a.index < b.index ? -1 : 1));
}

/** The marker is the index of the last entry shown. */
function paginate<T extends Entry>(entries: readonly T[], params: Params): { page: readonly T[]; marker?: string } {
  const { marker } = params;
  if (marker !== undefined && typeof marker !== 'string')
    throw new RpcError('invalidParams', "Invalid field 'marker'.");
  const rest = marker === undefined ? entries : entries.filter(({ index }) => index > marker);
  const page = rest.slice(0, limitParam(params, MAX_PAGE, 200));
  return page.length < rest.length ? { page, marker: page.at(-1)!.index } : { page };
}

import { entryJson } from '../entry.ts';
import type { TestLedger } from '../ledger.ts';
import { accountInfo, accountLines, accountObjects } from './account.ts';
import { RpcError } from './rpc-error.ts';
import { type Answer, ledgerFields, type Params, selectLedger, stateOf } from './select.ts';
import { fee, serverInfo, serverState } from './server.ts';
import { accountTx, ledgerCommand, submit, submitMultisigned, tx } from './transaction.ts';

/** What commands reach: the ledger, and the time. */
export interface CommandContext {
  readonly ledger: TestLedger;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

type Command = (context: CommandContext, params: Params) => Answer;

const COMMANDS: Readonly<Record<string, Command>> = {
  account_info: ({ ledger }, params) => accountInfo(ledger, params),
  account_lines: ({ ledger }, params) => accountLines(ledger, params),
  account_objects: ({ ledger }, params) => accountObjects(ledger, params),
  account_tx: ({ ledger }, params) => accountTx(ledger, params),
  fee: ({ ledger }) => fee(ledger, ledger.openCount),
  ledger: ({ ledger }, params) => ledgerCommand(ledger, params),
  ledger_closed: ({ ledger }) => {
    const { ledger_index, ledger_hash } = ledger.closed.header;
    return { ledger_index, ledger_hash };
  },
  ledger_current: ({ ledger }) => ({ ledger_current_index: ledger.openIndex }),
  ledger_entry: ({ ledger }, params) => {
    const selected = selectLedger(ledger, params);
    const entry = typeof params.index === 'string' ? stateOf(ledger, selected).get(params.index) : undefined;
    if (entry === undefined) throw new RpcError('entryNotFound');
    return { index: entry.index, node: entryJson(entry), ...ledgerFields(selected) };
  },
  ping: () => ({}),
  server_info: ({ ledger, now }) => serverInfo(ledger, now),
  server_state: ({ ledger, now }) => serverState(ledger, now),
  submit: ({ ledger }, params) => submit(ledger, params),
  submit_multisigned: ({ ledger }, params) => submitMultisigned(ledger, params),
  tx: ({ ledger }, params) => tx(ledger, params),
};

/** Runs one command in process. @throws RpcError */
export function runCommand(context: CommandContext, name: string, params: Params): Answer {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw new RpcError('unknownCmd');
  return command(context, params);
}

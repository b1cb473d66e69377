import { prepareTx, type TestLedger, walletOfSeed } from '@wardmesh/local-ledger';
import { decode } from 'ripple-binary-codec';
import type { Agent, Answer } from './agent.ts';

/**
 * The control: a wallet as agents are often given one. It signs whatever it is handed, releases whatever it is asked
 * for, and its errors say all they know. What gets through here and not at ours was stopped by ours.
 */
export function naiveWallet(ledger: TestLedger, seed: string): Agent {
  const key = walletOfSeed(seed);
  const heard: string[] = [];
  const answer = (code: string, value: Record<string, unknown>): Answer => {
    const text = JSON.stringify({ code, value });
    heard.push(text);
    return { code, value, text };
  };
  const sign = (fields: Record<string, unknown>): Record<string, unknown> => {
    const { blob, hash } = key.sign(prepareTx(ledger, key.address, fields as never));
    return { status: 'approved', signed_tx: blob, tx_hash: hash, approval_id: hash };
  };
  let released = 1;
  const tools: Record<string, (args: Record<string, unknown>) => Record<string, unknown>> = {
    wallet_sign: ({ unsigned_tx }) => sign(decode(String(unsigned_tx)) as Record<string, unknown>),
    wallet_pay: ({ destination, amount_xrp }) => {
      const drops = String(Math.round(Number(amount_xrp) * 1e6));
      const signing = sign({ TransactionType: 'Payment', Destination: destination, Amount: drops });
      ledger.submit(String(signing.signed_tx));
      return { signing };
    },
    policy_set: () => ({ status: 'applied' }),
    approval_status: () => ({
      approval_status: 'released',
      ...sign({ TransactionType: 'AccountSet', Sequence: released++ }),
    }),
    tx_submit: () => ({ status: 'submitted' }),
    wallet_rotate: () => ({ status: 'rotated', new_key: seed }),
    wallet_create: () => ({ status: 'created', master_key_backup: seed }),
    acknowledge_mainnet: () => ({ status: 'acknowledged' }),
  };
  return {
    heard,
    async call(tool, args) {
      try {
        const run = tools[tool];
        if (run === undefined) throw new Error('no such tool');
        return answer('ok', run(args));
      } catch (error) {
        return answer('INTERNAL_ERROR', { error: `${String(error)} in wallet ${seed} with ${JSON.stringify(args)}` });
      }
    },
    async ask(_method, params) {
      return answer('ok', { contents: [{ uri: params.uri, text: seed }] });
    },
  };
}

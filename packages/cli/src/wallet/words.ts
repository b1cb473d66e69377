import type { SignerClient, Wallet } from '@wardmesh/signer/client';
import { createMnemonic, type SecureBuffer } from '@wardmesh/vault';
import type { Network } from '@wardmesh/wallet';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { cliError, usage } from '../error.ts';
import { assertFree, backupPath, writePrivate } from './backup-file.ts';
import { sending } from './sending.ts';

export interface WordsOptions {
  readonly words?: string;
  readonly wordsFile?: string;
  readonly algorithm?: string;
  readonly service?: string;
}

/** How many words, and where they go: the terminal, or a file. */
export interface WordsPlan {
  readonly count: 12 | 24;
  readonly file: string | undefined;
}

/** @throws CodedError USAGE */
export function parseWords(context: Context, options: WordsOptions): WordsPlan | undefined {
  const { words, wordsFile } = options;
  if (words === undefined) {
    if (wordsFile !== undefined) throw usage('--words-file goes with --words 12 or --words 24');
    return undefined;
  }
  if (words !== '12' && words !== '24') throw usage('--words takes 12 or 24');
  if (options.algorithm === 'ed25519') throw usage('words give a secp256k1 key (BIP-44): leave --algorithm out');
  if (options.service !== undefined) throw usage('a service wallet is made without words');
  if (wordsFile === undefined && (context.json || !context.stdin.isTTY || !context.stderr.isTTY)) {
    throw usage('words are shown on a terminal only', 'Name a file for them with --words-file FILE.');
  }
  return { count: words === '12' ? 12 : 24, file: backupPath(context, wordsFile) };
}

/**
 * A wallet whose master key is made from new words, which a person keeps on paper. They are shown once, before anything is
 * stored, and held nowhere afterwards.
 */
export async function createdFromWords(
  context: Context,
  signer: SignerClient,
  plan: {
    readonly network: Network;
    readonly name: string;
    readonly policy: string | null;
    readonly approvalId: string | null;
  },
  words: WordsPlan,
  password: SecureBuffer,
): Promise<Wallet> {
  if (words.file !== undefined) await assertFree(words.file);
  using mnemonic = createMnemonic(context.random, words.count);
  await hand(context, words, mnemonic);
  const { result } = await sending([mnemonic], (parts) => signer.request('secret.inspect', { algorithm: null }, parts));
  const [candidate] = result.candidates;
  if (candidate === undefined) throw new TypeError('the signer finds no account in new words');
  const params = {
    network: plan.network,
    name: plan.name,
    algorithm: candidate.algorithm,
    confirmedAddress: candidate.address,
    regularKeyOf: null,
    policy: plan.policy,
    approvalId: plan.approvalId,
  };
  const made = await sending([password, mnemonic], (parts) => signer.request('wallet.import', params, parts));
  return made.result.wallet;
}

async function hand(context: Context, words: WordsPlan, mnemonic: SecureBuffer): Promise<void> {
  if (words.file !== undefined) {
    await writePrivate(words.file, mnemonic.getBuffer(), 'words');
    return;
  }
  const { stderr } = context;
  stderr.write('\nWrite these words down, in this order. They open the wallet and are not shown again:\n\n');
  let number = 0;
  // Word by word: the line as a whole never becomes a string.
  for (const word of wordsOf(mnemonic.getBuffer())) {
    number++;
    stderr.write(`  ${String(number).padStart(2)} ${word.padEnd(9)}${number % 4 === 0 ? '\n' : ''}`);
  }
  stderr.write('\n');
  if (await confirm(context, 'Are they written down?')) return;
  throw cliError('INTERRUPTED', 'nothing was made: the words were not written down');
}

function* wordsOf(bytes: Uint8Array): Generator<string> {
  let start = 0;
  for (let end = bytes.indexOf(0x20); ; end = bytes.indexOf(0x20, start)) {
    yield Buffer.from(bytes.buffer, bytes.byteOffset + start, (end < 0 ? bytes.length : end) - start).toString('ascii');
    if (end < 0) return;
    start = end + 1;
  }
}

import { type Clock, isJsonObject, type Json } from '@wardmesh/core';
import type { KeyInfo, PreparedTransaction, SecureBuffer, WalletInfo } from '@wardmesh/vault';
import type { Network } from '../authority-ports.ts';
import { signerError } from '../error.ts';
import { assertSecrets, type CallContext, type Handlers } from '../serve/context.ts';
import { awaitOutcome } from './await-outcome.ts';
import type { CreationParts } from './create.ts';
import { disableMaster, type OwnTransaction, signOwn } from './own-transaction.ts';

interface Documents {
  get(key: string): Promise<Json | undefined>;
  put(key: string, document: Json): Promise<void>;
  remove(key: string): Promise<boolean>;
}

export interface SecureParts extends CreationParts {
  readonly documents: Documents;
  readonly clock: Clock;
}

type Act = 'set_regular_key' | 'disable_master';

/**
 * The cold master and the hot regular key (ADR-004), as a sequence that any process may die in: verify the backup → set
 * the regular key, signed by the master → once validated, activate it → disable the master, signed by the master → once
 * validated, forget it. Each step looks first whether it was done. Before the ledger has the regular key nothing is
 * given up, and the master is forgotten only when the ledger refuses it and a backup of it has just been opened.
 */
export function secureHandlers(parts: SecureParts): Handlers<'wallet.secure'> {
  const running = new Set<string>();
  return {
    'wallet.secure': async ({ network, address }, context) => {
      const info = parts.book.find(network, address);
      if (running.has(info.walletId))
        throw signerError('SIGNER_BUSY', 'the wallet is being secured', { retryAfter: 5 });
      running.add(info.walletId);
      try {
        const { wallet, steps } = await secure(parts, info, context);
        return {
          result: {
            wallet: parts.book.describe(wallet, parts.authority.policyOf(network, address)),
            steps: [...steps],
          },
        };
      } finally {
        running.delete(info.walletId);
      }
    },
  };
}

async function secure(parts: SecureParts, info: WalletInfo, context: CallContext) {
  const { book, documents, providers } = parts;
  const { network, address, walletId } = info;
  const isElsewhere = providers.has(info);
  const keystore = book.keystore(network);
  const [password, backupPassword, file] = context.secrets as [SecureBuffer, SecureBuffer, SecureBuffer];
  const steps: string[] = [];
  const done = (step: string, message: string): void => {
    steps.push(step);
    context.progress(step, message);
  };
  book.assertUsable(info);
  const master = info.keys.find(({ role }) => role === 'master');
  if (master === undefined) return { wallet: info, steps: ['already_secured'] };
  const isRegular = ({ role, state }: KeyInfo) => role === 'regular' && (state === 'pending' || state === 'active');
  let regular = book.keysOf(info).find(isRegular);
  // Where the first try died before its provider made the key.
  if (isElsewhere && regular === undefined) regular = await madeNow(parts, info, master.algorithm, context);
  if (regular === undefined) {
    throw signerError('WALLET_STATE', 'the wallet has no regular key to sign in its place', {
      hint: 'Rotate it first: ward wallet rotate.',
    });
  }

  await keystore.verifyBackup(walletId, file.getBuffer(), backupPassword, ['master', 'regular']);
  done('backup_verified', 'The backup opens and holds every key.');

  const wasUnlocked = keystore.isUnlocked(walletId);
  await keystore.unlock(walletId, password);
  try {
    let facts = await context.ledger('ledger.facts', { network, address });
    if (facts.regularKey !== regular.address) {
      const fields: OwnTransaction = { TransactionType: 'SetRegularKey', RegularKey: regular.address };
      await settle(parts, context, info, 'set_regular_key', fields, master.keyId);
      facts = await context.ledger('ledger.facts', { network, address });
      if (facts.regularKey !== regular.address) throw contradiction('have the regular key that it validated');
    }
    done('regular_key_set', 'The ledger has the regular key.');

    if (isElsewhere) await (await providers.port(info)).activateKey(regular.keyId);
    else await keystore.activateKey(walletId, password, regular.keyId);
    done('regular_key_active', 'The regular key signs from now on.');

    if (!facts.masterDisabled) {
      await settle(parts, context, info, 'disable_master', disableMaster, master.keyId);
      facts = await context.ledger('ledger.facts', { network, address });
      if (!facts.masterDisabled) throw contradiction('refuse the master key');
    }
    done('master_disabled', 'The ledger refuses the master key.');

    const backup = { bytes: file.getBuffer(), password: backupPassword };
    const wallet = await keystore.forgetMaster(walletId, password, backup, isElsewhere);
    done('master_forgotten', 'The master key is in the backup alone: keep it offline.');
    const details = { regularKey: regular.address, master: master.address };
    await parts.authority.record({ type: 'wallet.secure', network, address, details });
    for (const act of ['set_regular_key', 'disable_master'] as const) await documents.remove(journalKey(info, act));
    return { wallet, steps };
  } finally {
    if (!wasUnlocked || isElsewhere) keystore.lock(walletId);
  }
}

async function madeNow(
  { providers }: SecureParts,
  info: WalletInfo,
  algorithm: KeyInfo['algorithm'],
  context: CallContext,
): Promise<KeyInfo> {
  const pin = context.secrets[3];
  assertSecrets(context, providers.takesPin(info) ? 4 : 3);
  await providers.logInTo(info, pin);
  try {
    return await providers.ensureKey(info, algorithm);
  } finally {
    await providers.logOutOf(info);
  }
}

/**
 * One transaction through to its validation. The very bytes are journalled and recorded before they are sent, so the
 * next process sends the same; another is signed only when the ledger has said that the first will never count.
 */
async function settle(
  parts: SecureParts,
  context: CallContext,
  info: WalletInfo,
  act: Act,
  fields: OwnTransaction,
  masterKeyId: string,
): Promise<void> {
  const { network, address } = info;
  const { documents } = parts;
  const key = journalKey(info, act);
  let prepared = preparedOf(await documents.get(key));
  if (prepared === undefined) {
    const { facts } = await context.ledger('ledger.facts', { network, address });
    prepared = await signOwn(parts, info, fields, facts, masterKeyId);
    const details = { hash: prepared.hash, transaction: fields.TransactionType };
    await parts.authority.record({ type: `wallet.${act}`, network, address, details });
    await documents.put(key, { ...prepared });
  }
  context.progress(act, 'Sent to the ledger; waiting for it to be validated.');
  await context.ledger('ledger.submit', { network, blob: prepared.blob });
  const { outcome, code } = await awaitOutcome(context.ledger, network, prepared, parts.clock);
  if (outcome === 'validated') return;
  if (outcome === 'pending') {
    throw signerError('SIGNER_TIMEOUT', 'the ledger has not decided yet', {
      hint: 'Run it again: it goes on where it stopped.',
      retryAfter: 5,
    });
  }
  await documents.remove(key);
  throw signerError(
    'LEDGER_REFUSED',
    outcome === 'expired' ? 'the transaction expired' : `the ledger refused it: ${nameOf(code)}`,
    {
      hint: outcome === 'expired' ? 'Run it again.' : 'The account must exist and hold its reserve and the fee.',
    },
  );
}

/** Result codes are the ledger's words: letters, digits and underscores. */
function nameOf(code: string | null): string {
  return code !== null && /^[A-Za-z]{3}[A-Z0-9_]{1,40}$/.test(code) ? code : 'no reason given';
}

function preparedOf(document: Json | undefined): PreparedTransaction | undefined {
  return isJsonObject(document) ? (document as unknown as PreparedTransaction) : undefined;
}

function journalKey({ network, walletId }: { readonly network: Network; readonly walletId: string }, act: Act): string {
  return `secure/${network}/${walletId}/${act}`;
}

function contradiction(what: string) {
  return signerError('WALLET_STATE', `the ledger does not ${what}`, {
    hint: 'Ask another endpoint. Nothing was given up: both keys are still here.',
  });
}

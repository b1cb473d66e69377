import {
  canonicalize,
  fromBase64,
  fromUtf8,
  isJsonObject,
  parseStrictJson,
  toBase64,
  toHex,
  utf8,
} from '@wardmesh/core';
import { openWithPassword, sealWithPassword, sha256, signingKeyFromSeed } from '@wardmesh/crypto';
import type { Context } from '../context.ts';
import { cliError } from '../error.ts';
import { isStoreError, readFileSecure, writeFileSecure } from './private-file.ts';

/** An approver's key on disk: its public half in the open, its seed sealed under a passphrase or, where there is none, bare. */
export interface OperatorKeyFile {
  readonly v: 1;
  /** `op-` and 16 hex digits of the SHA-256 of the public key. */
  readonly keyId: string;
  /** Whose key it is; approvals count distinct names. */
  readonly by: string;
  /** Ed25519, base64 of 32 bytes. */
  readonly publicKey: string;
  /** A password blob of @wardmesh/crypto, or base64 of the 32-byte seed. */
  readonly seed: { readonly sealed: unknown } | { readonly plain: string };
}

/** What the gateway needs to know of an approver. */
export interface ApproverEntry {
  readonly keyId: string;
  readonly by: string;
  readonly publicKey: string;
}

/** Binds the sealed seed to what it is for. */
const CONTEXT = utf8('wardmesh operator key v1');

/** A new key. An empty passphrase leaves it unsealed. */
export async function createOperatorKey(
  context: Pick<Context, 'random'>,
  by: string,
  passphrase: string | undefined,
): Promise<OperatorKeyFile> {
  const seed = context.random.bytes(32);
  try {
    const { publicKey } = signingKeyFromSeed(seed);
    const sealed = passphrase
      ? { sealed: await sealWithPassword(passphrase, seed, { context: CONTEXT }) }
      : { plain: toBase64(seed) };
    return {
      v: 1,
      keyId: `op-${toHex(sha256(publicKey)).slice(0, 16)}`,
      by,
      publicKey: toBase64(publicKey),
      seed: sealed,
    };
  } finally {
    seed.fill(0);
  }
}

export function approverOf(key: OperatorKeyFile): ApproverEntry {
  return { keyId: key.keyId, by: key.by, publicKey: key.publicKey };
}

export async function writeOperatorKey(path: string, key: OperatorKeyFile): Promise<void> {
  await writeFileSecure(path, utf8(`${canonicalize(key)}\n`));
}

/** @throws CodedError HOME_DAMAGED where it is missing, open to others or not a key */
export async function readOperatorKey(path: string): Promise<OperatorKeyFile> {
  let text: string;
  try {
    text = fromUtf8(await readFileSecure(path));
  } catch (cause) {
    if (!isStoreError(cause)) throw cause;
    throw cliError('HOME_DAMAGED', `the operator key ${path} cannot be used: ${cause.message}`, {
      hint: cause.hint ?? 'Restore it, or name another key with --key.',
      cause,
    });
  }
  const parsed = parseStrictJson(text);
  if (parsed.ok && isKeyFile(parsed.value)) return parsed.value;
  throw cliError('HOME_DAMAGED', `${path} is not an operator key`, { hint: 'Restore it from a backup.' });
}

function isKeyFile(value: unknown): value is OperatorKeyFile {
  if (!isJsonObject(value)) return false;
  const { v, keyId, by, publicKey, seed } = value;
  return (
    v === 1 &&
    typeof keyId === 'string' &&
    typeof by === 'string' &&
    typeof publicKey === 'string' &&
    isJsonObject(seed) &&
    (isJsonObject(seed.sealed) || typeof seed.plain === 'string')
  );
}

export function isSealed(key: OperatorKeyFile): boolean {
  return 'sealed' in key.seed;
}

/**
 * The 32-byte seed; the caller wipes it. The passphrase is asked for only where the key is sealed.
 * @throws CodedError PASSPHRASE_WRONG, HOME_DAMAGED
 */
export async function openSeed(key: OperatorKeyFile, passphrase: () => Promise<string>): Promise<Uint8Array> {
  const seed = 'sealed' in key.seed ? await unseal(key.seed.sealed, await passphrase()) : plainSeed(key.seed.plain);
  // A swapped public half would make people sign under a name that is not theirs.
  if (toBase64(signingKeyFromSeed(seed).publicKey) === key.publicKey) return seed;
  seed.fill(0);
  throw damaged();
}

async function unseal(blob: unknown, passphrase: string): Promise<Uint8Array> {
  try {
    return await openWithPassword(passphrase, blob, CONTEXT);
  } catch (cause) {
    if ((cause as { code?: string }).code !== 'CRYPTO_NOT_GENUINE') throw cause;
    throw cliError('PASSPHRASE_WRONG', 'the passphrase does not open the operator key', { hint: 'Try again.' });
  }
}

function plainSeed(text: string): Uint8Array {
  try {
    const seed = fromBase64(text);
    if (seed.length === 32) return seed;
  } catch {}
  throw damaged();
}

function damaged() {
  return cliError('HOME_DAMAGED', 'the operator key is damaged', { hint: 'Restore it from a backup.' });
}

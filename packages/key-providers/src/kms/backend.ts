import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  GetPublicKeyCommand,
  type KeyMetadata,
  type KMSClient,
  ScheduleKeyDeletionCommand,
  SignCommand,
} from '@aws-sdk/client-kms';
import type { Algorithm } from '@wardmesh/vault';
import { vaultError } from '../error.ts';
import { KMS_DELETION_DAYS, MAX_KMS_RAW_BYTES } from '../limits.ts';
import type { KeyBackend } from '../managed/backend.ts';
import { canonicalFromDer } from '../signature/canonical.ts';
import { sha512Half } from '../signature/prehash.ts';
import { fromSpki } from '../signature/public-key.ts';
import { KMS_CAPABILITIES } from './capabilities.ts';
import type { KmsClients } from './client.ts';
import { fromKms, nameOf } from './errors.ts';
import { findByTag, KEY_TAG } from './find-by-tag.ts';

const KEY_SPEC = { secp256k1: 'ECC_SECG_P256K1', ed25519: 'ECC_NIST_EDWARDS25519' } as const;
const ED25519_BYTES = 64;

/** Keys in AWS KMS, found by their alias `alias/wardmesh/<key id>`; signed with under their ARN, which nobody can move. */
export function kmsBackend({ client, once }: KmsClients, walletId: string): KeyBackend {
  return {
    capabilities: KMS_CAPABILITIES,
    makeKey: (keyId, algorithm, isRepeat) =>
      told(async () => {
        const known = await find(client, keyId, isRepeat);
        const arn = (known ?? (await create(once, keyId, algorithm, walletId))).Arn!;
        if (known !== undefined) assertOurs(known, algorithm);
        await ensureAlias(client, keyId, arn);
        if (known?.KeyState === 'Disabled') await client.send(new EnableKeyCommand({ KeyId: arn }));
        return { reference: arn, publicKey: await readPublicKey(client, arn, algorithm) };
      }),
    sign: ({ reference }, algorithm, message) =>
      told(async () => {
        const { KeyId, Signature } = await client.send(new SignCommand(signRequest(reference, algorithm, message)));
        if (KeyId !== reference || Signature === undefined) throw another();
        if (algorithm === 'secp256k1') return canonicalFromDer(Signature);
        if (Signature.length !== ED25519_BYTES) throw another();
        return new Uint8Array(Signature);
      }),
    enable: ({ reference }) => told(async () => void (await client.send(new EnableKeyCommand({ KeyId: reference })))),
    disable: ({ reference }) =>
      told(async () => {
        try {
          await client.send(new DisableKeyCommand({ KeyId: reference }));
        } catch (error) {
          // It is to be deleted, or is deleted: it does not sign either way.
          if (!['KMSInvalidStateException', 'NotFoundException'].includes(nameOf(error))) throw error;
        }
      }),
    destroyKey: (keyId, key) =>
      told(async () => {
        const arn = key?.reference ?? (await find(client, keyId, true))?.Arn;
        if (arn !== undefined) await scheduleDeletion(client, arn);
      }),
  };
}

/**
 * What is asked: ECDSA over the digest we made, which only has the length of a SHA-256; Ed25519 over the message,
 * because KMS's other form of it (Ed25519ph) is not what the ledger verifies.
 */
function signRequest(arn: string, algorithm: Algorithm, message: Uint8Array) {
  if (algorithm === 'secp256k1') {
    const digest = sha512Half(message);
    return { KeyId: arn, Message: digest, MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' } as const;
  }
  if (message.length > MAX_KMS_RAW_BYTES) {
    throw vaultError('VAULT_UNSUPPORTED', `AWS KMS signs Ed25519 only up to ${MAX_KMS_RAW_BYTES} bytes`, {
      hint: 'Rotate the wallet to a secp256k1 key.',
    });
  }
  return { KeyId: arn, Message: message, MessageType: 'RAW', SigningAlgorithm: 'ED25519_SHA_512' } as const;
}

/** Asked once: a repeat after a lost answer would make a second key. The next try finds the first by its tag. */
async function create(once: KMSClient, keyId: string, algorithm: Algorithm, walletId: string): Promise<KeyMetadata> {
  const { KeyMetadata } = await once.send(
    new CreateKeyCommand({
      KeySpec: KEY_SPEC[algorithm],
      KeyUsage: 'SIGN_VERIFY',
      Description: 'Regular key of a Wardmesh wallet',
      Tags: [
        { TagKey: KEY_TAG, TagValue: keyId },
        { TagKey: 'wardmesh:wallet', TagValue: walletId },
      ],
    }),
  );
  if (KeyMetadata?.Arn === undefined) throw another();
  assertOurs(KeyMetadata, algorithm);
  return KeyMetadata;
}

async function ensureAlias(client: KMSClient, keyId: string, arn: string): Promise<void> {
  try {
    await client.send(new CreateAliasCommand({ AliasName: aliasOf(keyId), TargetKeyId: arn }));
  } catch (error) {
    if (nameOf(error) !== 'AlreadyExistsException') throw error;
    if ((await describe(client, aliasOf(keyId)))?.Arn !== arn) throw another();
  }
}

/** The key of this id; where a crash may have come between key and alias, also by its tag. */
async function find(client: KMSClient, keyId: string, isThorough: boolean): Promise<KeyMetadata | undefined> {
  const byAlias = await describe(client, aliasOf(keyId));
  if (byAlias !== undefined || !isThorough) return byAlias;
  const arn = await findByTag(client, keyId);
  return arn === undefined ? undefined : describe(client, arn);
}

async function describe(client: KMSClient, KeyId: string): Promise<KeyMetadata | undefined> {
  try {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId }));
    if (KeyMetadata?.Arn === undefined) throw another();
    return KeyMetadata;
  } catch (error) {
    if (nameOf(error) === 'NotFoundException') return undefined;
    throw error;
  }
}

/** Made inside the service, for signing only, in this region only: material that was imported has lain elsewhere too. */
function assertOurs(key: KeyMetadata, algorithm: Algorithm): void {
  const isOurs =
    key.Origin === 'AWS_KMS' &&
    key.KeyManager === 'CUSTOMER' &&
    key.KeyUsage === 'SIGN_VERIFY' &&
    key.KeySpec === KEY_SPEC[algorithm] &&
    key.MultiRegion !== true;
  if (!isOurs) throw vaultError('VAULT_PROVIDER_FAULT', 'the key service does not keep the key as it must be kept');
}

async function readPublicKey(client: KMSClient, arn: string, algorithm: Algorithm): Promise<Uint8Array> {
  const { KeyId, KeySpec, PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: arn }));
  if (KeyId !== arn || KeySpec !== KEY_SPEC[algorithm] || PublicKey === undefined) throw another();
  return fromSpki(algorithm, PublicKey);
}

async function scheduleDeletion(client: KMSClient, arn: string): Promise<void> {
  try {
    await client.send(new ScheduleKeyDeletionCommand({ KeyId: arn, PendingWindowInDays: KMS_DELETION_DAYS }));
  } catch (error) {
    if (nameOf(error) === 'NotFoundException') return;
    if (nameOf(error) !== 'KMSInvalidStateException') throw error;
    if ((await describe(client, arn))?.KeyState !== 'PendingDeletion') throw error;
  }
}

function aliasOf(keyId: string): string {
  return `alias/wardmesh/${keyId}`;
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fromKms(error);
  }
}

function another() {
  return vaultError('VAULT_PROVIDER_FAULT', 'the key service answered for another key');
}

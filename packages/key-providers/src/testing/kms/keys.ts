import { createCipheriv, createDecipheriv, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { systemRandom, uuid } from '@wardmesh/core';
import { signDigest } from './ecdsa.ts';

export class KmsFault extends Error {
  readonly status: number;
  constructor(name: string, status = 400) {
    super(name);
    this.name = name;
    this.status = status;
  }
}

export interface EmulatedKey {
  readonly arn: string;
  readonly spec: string;
  readonly tags: readonly { TagKey: string; TagValue: string }[];
  readonly pair: { publicKey: KeyObject; privateKey: KeyObject } | undefined;
  readonly secret: Buffer;
  state: 'Enabled' | 'Disabled' | 'PendingDeletion';
  origin: string;
  multiRegion: boolean;
}

type Request = Record<string, unknown>;
type Answer = Record<string, unknown>;

/** The keys of one account and region, and what the service does with them (KMS API reference, version 2014-11-01). */
export class EmulatedKeys {
  readonly keys = new Map<string, EmulatedKey>();
  readonly aliases = new Map<string, string>();
  readonly #prefix = 'arn:aws:kms:eu-central-1:111122223333:key/';

  readonly actions: Readonly<Record<string, (request: Request) => Answer>> = {
    CreateKey: ({ KeySpec = 'SYMMETRIC_DEFAULT', Tags = [] }) => ({
      KeyMetadata: this.#metadata(this.#create(String(KeySpec), Tags as EmulatedKey['tags'])),
    }),
    CreateAlias: ({ AliasName, TargetKeyId }) => {
      if (!/^alias\/(?!aws\/)[a-zA-Z0-9/_-]+$/.test(String(AliasName))) throw new KmsFault('InvalidAliasNameException');
      if (this.aliases.has(String(AliasName))) throw new KmsFault('AlreadyExistsException');
      this.aliases.set(String(AliasName), this.#find(TargetKeyId).arn);
      return {};
    },
    DescribeKey: ({ KeyId }) => ({ KeyMetadata: this.#metadata(this.#find(KeyId)) }),
    EnableKey: ({ KeyId }) => this.#setState(KeyId, 'Enabled'),
    DisableKey: ({ KeyId }) => this.#setState(KeyId, 'Disabled'),
    ScheduleKeyDeletion: ({ KeyId, PendingWindowInDays }) => {
      if (Number(PendingWindowInDays) < 7 || Number(PendingWindowInDays) > 30)
        throw new KmsFault('ValidationException');
      this.#setState(KeyId, 'PendingDeletion');
      return { KeyId: this.#find(KeyId).arn, KeyState: 'PendingDeletion', PendingWindowInDays };
    },
    ListKeys: ({ Limit, Marker }) => {
      const all = [...this.keys.keys()];
      const from = Marker === undefined ? 0 : Number(Marker);
      const to = from + Number(Limit ?? 100);
      const Keys = all.slice(from, to).map((arn) => ({ KeyArn: arn, KeyId: arn.slice(this.#prefix.length) }));
      return to < all.length ? { Keys, Truncated: true, NextMarker: String(to) } : { Keys, Truncated: false };
    },
    ListResourceTags: ({ KeyId }) => ({ Tags: this.#find(KeyId).tags, Truncated: false }),
    ListAliases: () => ({
      Aliases: [...this.aliases].map(([AliasName, arn]) => ({
        AliasName,
        TargetKeyId: arn.slice(this.#prefix.length),
      })),
      Truncated: false,
    }),
    GetPublicKey: ({ KeyId }) => {
      const key = this.#usable(KeyId);
      const PublicKey = key.pair!.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
      return { KeyId: key.arn, PublicKey, KeySpec: key.spec, KeyUsage: 'SIGN_VERIFY' };
    },
    Sign: ({ KeyId, Message, MessageType, SigningAlgorithm }) => {
      const key = this.#usable(KeyId);
      const message = Buffer.from(String(Message), 'base64');
      if (message.length === 0 || message.length > 4_096) throw new KmsFault('ValidationException');
      const how = `${key.spec} ${MessageType} ${SigningAlgorithm}`;
      let signature: Buffer;
      if (how === 'ECC_SECG_P256K1 DIGEST ECDSA_SHA_256') {
        if (message.length !== 32) throw new KmsFault('ValidationException');
        signature = signDigest(key.pair!.privateKey, message);
      } else if (how === 'ECC_NIST_EDWARDS25519 RAW ED25519_SHA_512') {
        signature = sign(null, message, key.pair!.privateKey);
      } else throw new KmsFault('ValidationException');
      return { KeyId: key.arn, Signature: signature.toString('base64'), SigningAlgorithm };
    },
    Encrypt: ({ KeyId, Plaintext, EncryptionContext }) => {
      const key = this.#usable(KeyId);
      const iv = Buffer.from(systemRandom.bytes(12));
      const cipher = createCipheriv('aes-256-gcm', key.secret, iv).setAAD(
        Buffer.from(JSON.stringify(EncryptionContext ?? {})),
      );
      const text = Buffer.concat([cipher.update(Buffer.from(String(Plaintext), 'base64')), cipher.final()]);
      return { KeyId: key.arn, CiphertextBlob: Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64') };
    },
    Decrypt: ({ KeyId, CiphertextBlob, EncryptionContext }) => {
      const key = this.#usable(KeyId);
      const blob = Buffer.from(String(CiphertextBlob), 'base64');
      try {
        const decipher = createDecipheriv('aes-256-gcm', key.secret, blob.subarray(0, 12))
          .setAAD(Buffer.from(JSON.stringify(EncryptionContext ?? {})))
          .setAuthTag(blob.subarray(12, 28));
        const text = Buffer.concat([decipher.update(blob.subarray(28)), decipher.final()]);
        return { KeyId: key.arn, Plaintext: text.toString('base64') };
      } catch {
        throw new KmsFault('InvalidCiphertextException');
      }
    },
  };

  #create(spec: string, tags: EmulatedKey['tags']): EmulatedKey {
    const pair =
      spec === 'ECC_SECG_P256K1'
        ? generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
        : spec === 'ECC_NIST_EDWARDS25519'
          ? generateKeyPairSync('ed25519')
          : undefined;
    if (pair === undefined && spec !== 'SYMMETRIC_DEFAULT') throw new KmsFault('UnsupportedOperationException');
    const arn = `${this.#prefix}${uuid(systemRandom)}`;
    const key: EmulatedKey = {
      ...{ arn, spec, tags, pair, secret: Buffer.from(systemRandom.bytes(32)) },
      ...{ state: 'Enabled', origin: 'AWS_KMS', multiRegion: false },
    };
    this.keys.set(arn, key);
    return key;
  }

  #metadata({ arn, spec, state, origin, multiRegion, pair }: EmulatedKey): Answer {
    return {
      ...{ Arn: arn, KeyId: arn.slice(this.#prefix.length), KeySpec: spec, KeyState: state, Origin: origin },
      ...{ KeyUsage: pair ? 'SIGN_VERIFY' : 'ENCRYPT_DECRYPT', KeyManager: 'CUSTOMER', MultiRegion: multiRegion },
      ...{ Enabled: state === 'Enabled' },
    };
  }

  #find(id: unknown): EmulatedKey {
    const key = this.keys.get(this.aliases.get(String(id)) ?? String(id));
    if (key === undefined) throw new KmsFault('NotFoundException');
    return key;
  }

  #usable(id: unknown): EmulatedKey {
    const key = this.#find(id);
    if (key.state === 'Disabled') throw new KmsFault('DisabledException');
    if (key.state === 'PendingDeletion') throw new KmsFault('KMSInvalidStateException');
    return key;
  }

  #setState(id: unknown, state: EmulatedKey['state']): Answer {
    const key = this.#find(id);
    if (key.state === 'PendingDeletion') throw new KmsFault('KMSInvalidStateException');
    key.state = state;
    return {};
  }
}

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { concatBytes, toBase64Url, utf8 } from '@wardmesh/core';

/** Flags of authenticator data (WebAuthn Level 3 §6.1). */
const UP = 0x01;
const UV = 0x04;
const BE = 0x08;
const BS = 0x10;
const AT = 0x40;

/** The lies of one ceremony. */
export interface CeremonyChanges {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  readonly topOrigin?: string;
  readonly userVerified?: boolean;
  readonly userPresent?: boolean;
  readonly counter?: number;
  readonly userHandle?: string;
  readonly format?: string;
  readonly challenge?: string;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** An authenticator in software: one passkey, and the lies a test asks of it. */
export class FakeAuthenticator {
  readonly credentialId = toBase64Url(randomBytes(20));
  readonly algorithm: 'ES256' | 'EdDSA';
  /** Of the page it is asked from. */
  readonly origin: string;
  readonly #privateKey: KeyObject;
  readonly #coseKey: Uint8Array;
  counter = 0;
  /** A synced passkey, which counts nothing. */
  counts = true;
  userHandle = '';

  constructor(algorithm: 'ES256' | 'EdDSA' = 'ES256', origin = 'https://ward.example') {
    this.algorithm = algorithm;
    this.origin = origin;
    const pair =
      algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
    this.#privateKey = pair.privateKey;
    const { x, y } = pair.publicKey.export({ format: 'jwk' });
    const coordinate = (text: string) => concatBytes(Uint8Array.of(0x58, 32), Buffer.from(text, 'base64url'));
    // COSE keys (RFC 9053): {1: kty, 3: alg, -1: crv, -2: x, -3: y}.
    this.#coseKey =
      algorithm === 'ES256'
        ? concatBytes(
            Uint8Array.of(0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21),
            coordinate(x!),
            Uint8Array.of(0x22),
            coordinate(y!),
          )
        : concatBytes(Uint8Array.of(0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21), coordinate(x!));
  }

  create(options: { challenge: string; rp: { id?: string }; user: { id: string } }, changes: CeremonyChanges = {}) {
    this.userHandle = options.user.id;
    const id = Buffer.from(this.credentialId, 'base64url');
    const data = concatBytes(
      this.#authenticatorData(options.rp.id ?? '', AT, changes),
      new Uint8Array(16),
      Uint8Array.of(0, id.length),
      id,
      this.#coseKey,
    );
    const text = (value: string) => concatBytes(Uint8Array.of(0x60 + value.length), utf8(value));
    const length = Uint8Array.of(0x59, data.length >> 8, data.length & 255);
    const attestation = concatBytes(
      Uint8Array.of(0xa3),
      text('fmt'),
      text(changes.format ?? 'none'),
      text('attStmt'),
      Uint8Array.of(0xa0),
      text('authData'),
      length,
      data,
    );
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: 'public-key',
      clientExtensionResults: {},
      authenticatorAttachment: 'platform',
      response: {
        clientDataJSON: toBase64Url(this.#clientData('webauthn.create', options.challenge, changes)),
        attestationObject: toBase64Url(attestation),
        transports: ['internal'],
        publicKeyAlgorithm: -7,
      },
    };
  }

  get(options: { challenge: string; rpId?: string }, changes: CeremonyChanges = {}) {
    if (this.counts) this.counter++;
    const data = this.#authenticatorData(options.rpId ?? '', 0, changes);
    const clientData = this.#clientData('webauthn.get', options.challenge, changes);
    const signed = concatBytes(data, sha256(clientData));
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: toBase64Url(clientData),
        authenticatorData: toBase64Url(data),
        signature: toBase64Url(sign(this.algorithm === 'ES256' ? 'sha256' : null, signed, this.#privateKey)),
        userHandle: changes.userHandle ?? this.userHandle,
      },
    };
  }

  #authenticatorData(rpId: string, more: number, changes: CeremonyChanges): Uint8Array {
    const { userPresent = true, userVerified = true } = changes;
    const synced = this.counts ? 0 : BE | BS;
    const flags = (userPresent ? UP : 0) | (userVerified ? UV : 0) | synced | more;
    const counter = new Uint8Array(4);
    new DataView(counter.buffer).setUint32(0, changes.counter ?? this.counter);
    return concatBytes(sha256(utf8(changes.rpId ?? rpId)), Uint8Array.of(flags), counter);
  }

  #clientData(type: string, challenge: string, changes: CeremonyChanges): Uint8Array {
    return utf8(
      JSON.stringify({
        type: changes.type ?? type,
        challenge: changes.challenge ?? challenge,
        origin: changes.origin ?? this.origin,
        crossOrigin: changes.crossOrigin ?? false,
        ...(changes.topOrigin !== undefined && { topOrigin: changes.topOrigin }),
      }),
    );
  }
}

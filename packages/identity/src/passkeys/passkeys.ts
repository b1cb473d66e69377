import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { decodeAttestationObject } from '@simplewebauthn/server/helpers';
import { type Clock, fromBase64Url, type Random, toBase64Url, utf8 } from '@wardmesh/core';
import type { HmacKey } from '@wardmesh/crypto';
import { padFailure } from '../constant-time.ts';
import { IdentityError } from '../error.ts';
import { CLOCK_SKEW, FAILURE_TIME, PASSKEY_LIFETIME } from '../limits.ts';
import type { SingleUse, Sleep } from '../sign-in/ports.ts';
import { approvalChallenge, verifyAssertion } from './assertion.ts';
import { makePasskeyChallenge, type PasskeyUse, readPasskeyChallenge } from './challenge.ts';
import type { Passkey, PasskeyFault, PasskeyStore, RelyingParty } from './passkey.ts';
import { assertionSchema, type PasskeyAssertion, readClientChallenge, registrationSchema } from './response.ts';

/** COSE algorithms: EdDSA, ES256, and RS256 for the TPMs of older Windows machines. */
const ALGORITHMS = [-8, -7, -257];

export interface PasskeysOptions {
  readonly party: RelyingParty;
  /** Seals challenges; replicas share it. */
  readonly key: HmacKey;
  readonly store: PasskeyStore;
  readonly challenges: SingleUse;
  readonly clock: Clock;
  readonly random: Random;
  readonly sleep: Sleep;
}

/** An assertion that held. */
export interface PasskeyProof {
  readonly person: string;
  readonly credentialId: string;
  /** ms since the epoch. */
  readonly at: number;
}

/**
 * Passkeys (WebAuthn Level 3): registration, sign-in, and assertions that sign an approval. The user is always verified
 * by PIN or biometrics. Every refusal has one code and takes the same time; `details.reason` has a {@link PasskeyFault}.
 */
export class Passkeys {
  readonly #options: PasskeysOptions;

  constructor(options: PasskeysOptions) {
    this.#options = options;
  }

  /** What `navigator.credentials.create` needs. @param person id. @param name shown by the authenticator */
  async registrationOptions(person: string, name: string): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const { party, store } = this.#options;
    const known = await store.of(person);
    return generateRegistrationOptions({
      rpID: party.id,
      rpName: party.name,
      userID: new Uint8Array(utf8(person)),
      userName: name,
      challenge: this.#challenge(`register ${person}`),
      timeout: PASSKEY_LIFETIME,
      attestationType: 'none',
      excludeCredentials: known.map(({ credentialId: id, transports }) => ({ id, transports: [...transports] })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: ALGORITHMS,
    });
  }

  /** Stores a new passkey of `person`. @throws IdentityError IDENTITY_PASSKEY_REFUSED, IDENTITY_UNAVAILABLE */
  register(person: string, response: unknown): Promise<Passkey> {
    return this.#padded(async () => {
      const { party, store, clock } = this.#options;
      const parsed = registrationSchema.safeParse(response);
      if (!parsed.success) throw passkeyRefused('malformed');
      const { clientDataJSON, attestationObject, transports } = parsed.data.response;
      const challenge = await this.#open(`register ${person}`, clientDataJSON);
      // We ask for none; verifying another would make the library look for certificates on the network.
      if (formatOf(attestationObject) !== 'none') throw passkeyRefused('attestation');
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response: parsed.data as unknown as Parameters<typeof verifyRegistrationResponse>[0]['response'],
        expectedChallenge: challenge.text,
        expectedOrigin: [...party.origins],
        expectedRPID: party.id,
        expectedType: 'webauthn.create',
        requireUserVerification: true,
        supportedAlgorithmIDs: ALGORITHMS,
      }).catch((cause: unknown) => {
        throw passkeyRefused('not genuine', cause);
      });
      if (!verified) throw passkeyRefused('not genuine');
      await this.#spend(challenge);
      const { credential, credentialDeviceType, credentialBackedUp } = registrationInfo;
      const passkey: Passkey = {
        credentialId: credential.id,
        person,
        publicKey: toBase64Url(credential.publicKey),
        counter: credential.counter,
        transports: transports ?? [],
        deviceType: credentialDeviceType,
        backedUp: credentialBackedUp,
        createdAt: clock.now(),
      };
      if (!(await store.add(passkey))) throw passkeyRefused('taken');
      return passkey;
    });
  }

  /** What `navigator.credentials.get` needs to sign in: any passkey of ours will do. */
  async signInOptions(): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return generateAuthenticationOptions({
      rpID: this.#options.party.id,
      challenge: this.#challenge('sign in'),
      timeout: PASSKEY_LIFETIME,
      userVerification: 'required',
    });
  }

  /** Whose passkey answered. @throws IdentityError IDENTITY_PASSKEY_REFUSED, IDENTITY_UNAVAILABLE */
  signIn(response: unknown): Promise<PasskeyProof> {
    return this.#padded(async () => {
      const assertion = parseAssertion(response);
      const challenge = await this.#open('sign in', assertion.response.clientDataJSON);
      const proof = await this.#accept(assertion, challenge.text);
      await this.#spend(challenge);
      return proof;
    });
  }

  /** What `navigator.credentials.get` needs to sign an approval. @param message the approval's message, as any key signs it */
  async approvalOptions(person: string, message: Uint8Array): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const { party, store } = this.#options;
    const known = await store.of(person);
    return generateAuthenticationOptions({
      rpID: party.id,
      challenge: new Uint8Array(fromBase64Url(approvalChallenge(message))),
      timeout: PASSKEY_LIFETIME,
      userVerification: 'required',
      allowCredentials: known.map(({ credentialId: id, transports }) => ({ id, transports: [...transports] })),
    });
  }

  /**
   * Whose passkey signed exactly that message. It is the approval that works once; a repeated assertion of a counting
   * authenticator is refused here too. @throws IdentityError IDENTITY_PASSKEY_REFUSED, IDENTITY_UNAVAILABLE
   */
  approve(person: string, message: Uint8Array, response: unknown): Promise<PasskeyProof> {
    return this.#padded(() => this.#accept(parseAssertion(response), approvalChallenge(message), person));
  }

  async #accept(assertion: PasskeyAssertion, challenge: string, person?: string): Promise<PasskeyProof> {
    const { party, store, clock } = this.#options;
    const passkey = await store.find(assertion.id);
    if (passkey === undefined) throw passkeyRefused('unknown passkey');
    if (person !== undefined && passkey.person !== person) throw passkeyRefused('other person');
    const counter = await verifyAssertion(party, passkey, assertion, challenge, passkey.counter);
    if (counter === undefined) throw passkeyRefused('not genuine');
    if (counter !== passkey.counter && !(await store.advance(passkey.credentialId, passkey.counter, counter))) {
      // Another assertion of this passkey came in between: one of the two is a copy.
      throw passkeyRefused('counter');
    }
    return { person: passkey.person, credentialId: passkey.credentialId, at: clock.now() };
  }

  #challenge(use: PasskeyUse): Uint8Array<ArrayBuffer> {
    const { key, random, clock } = this.#options;
    return makePasskeyChallenge(key, random, use, clock.now());
  }

  async #open(use: PasskeyUse, clientDataJSON: string): Promise<{ readonly text: string; readonly expires: number }> {
    const { key, clock } = this.#options;
    const text = readClientChallenge(clientDataJSON);
    const expires = text === undefined ? undefined : readPasskeyChallenge(key, use, text);
    if (text === undefined || expires === undefined) throw passkeyRefused('challenge');
    const now = clock.now();
    if (now >= expires || expires > now + PASSKEY_LIFETIME + CLOCK_SKEW) throw passkeyRefused('expired');
    return { text, expires };
  }

  async #spend({ text, expires }: { readonly text: string; readonly expires: number }): Promise<void> {
    if (!(await this.#options.challenges.use(`passkey:${text}`, expires + CLOCK_SKEW)))
      throw passkeyRefused('replayed');
  }

  async #padded<T>(work: () => Promise<T>): Promise<T> {
    const { clock, sleep } = this.#options;
    const start = clock.monotonic();
    try {
      return await work();
    } catch (cause) {
      await padFailure(clock, sleep, start, FAILURE_TIME);
      if (cause instanceof IdentityError) throw cause;
      throw new IdentityError('IDENTITY_UNAVAILABLE', 'passkeys are not available now', { cause });
    }
  }
}

function parseAssertion(response: unknown): PasskeyAssertion {
  const parsed = assertionSchema.safeParse(response);
  if (!parsed.success) throw passkeyRefused('malformed');
  return parsed.data;
}

function formatOf(attestationObject: string): string | undefined {
  try {
    return decodeAttestationObject(new Uint8Array(fromBase64Url(attestationObject))).get('fmt');
  } catch {
    return undefined;
  }
}

function passkeyRefused(reason: PasskeyFault, cause?: unknown): IdentityError {
  return new IdentityError('IDENTITY_PASSKEY_REFUSED', 'the passkey was refused', {
    details: { reason },
    ...(cause !== undefined && { cause }),
  });
}

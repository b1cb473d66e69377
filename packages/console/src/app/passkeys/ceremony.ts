import { fromBase64Url, toBase64Url } from '@wardmesh/core';

/** The JSON forms of WebAuthn Level 3 (§5.1.9, §5.1.10), as far as the gateway writes them. */
interface CredentialJson {
  readonly id: string;
  readonly transports?: readonly string[];
}
export interface CreationOptions {
  readonly challenge: string;
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly excludeCredentials?: readonly CredentialJson[];
  readonly rp: { readonly name: string; readonly id?: string };
  readonly pubKeyCredParams: readonly { readonly alg: number; readonly type: 'public-key' }[];
}
export interface RequestOptions {
  readonly challenge: string;
  readonly rpId?: string;
  readonly allowCredentials?: readonly CredentialJson[];
  readonly userVerification?: UserVerificationRequirement;
  readonly timeout?: number;
}

/** Whether this browser has passkeys at all. */
export function hasPasskeys(): boolean {
  return 'PublicKeyCredential' in window;
}

/** Makes a passkey; asks the person for it. */
export async function createPasskey(options: CreationOptions): Promise<Record<string, unknown>> {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: descriptors(options.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions;
  const credential = await asked(() => navigator.credentials.create({ publicKey }));
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    ...head(credential),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      transports: response.getTransports(),
    },
  };
}

/** Answers with a passkey; asks the person for it, with PIN or biometrics. */
export async function askPasskey(options: RequestOptions): Promise<Record<string, unknown>> {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: descriptors(options.allowCredentials),
  } as unknown as PublicKeyCredentialRequestOptions;
  const credential = await asked(() => navigator.credentials.get({ publicKey }));
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    ...head(credential),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      ...(response.userHandle !== null && { userHandle: text(response.userHandle) }),
    },
  };
}

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  let credential: Credential | null;
  try {
    credential = await ask();
  } catch (error) {
    throw new Error(WORDS[(error as Error).name] ?? (error as Error).message, { cause: error });
  }
  if (credential === null) throw new Error(WORDS.NotAllowedError);
  return credential as PublicKeyCredential;
}

/** Browsers tell pages little of why, and that in words for programmers. */
const WORDS: Readonly<Record<string, string>> = {
  NotAllowedError: 'No passkey was used: it was cancelled, took too long, or this device has none for this gateway.',
  InvalidStateError: 'This device has a passkey of yours already.',
  SecurityError: 'This page’s address cannot use passkeys of this gateway.',
};

function head({ id, type, authenticatorAttachment }: PublicKeyCredential) {
  return {
    id,
    rawId: id,
    type,
    clientExtensionResults: {},
    ...(authenticatorAttachment && { authenticatorAttachment }),
  };
}

function descriptors(list: readonly CredentialJson[] = []) {
  return list.map(({ id, transports }) => ({ type: 'public-key', id: bytes(id), ...(transports && { transports }) }));
}

function bytes(encoded: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(fromBase64Url(encoded));
}

function text(buffer: ArrayBuffer): string {
  return toBase64Url(new Uint8Array(buffer));
}

import type { Clock } from '@wardmesh/core';
import type { KeyRegister, ManagedProvider, ProviderConfig, Token } from '@wardmesh/key-providers';
import { readFileSecure } from '@wardmesh/store/files';
import { type LockoutPort, SecureBuffer } from '@wardmesh/vault';
import { signerError } from '../error.ts';
import { MAX_CREDENTIALS_BYTES } from '../limits.ts';

export interface PlaceParts {
  readonly lockout: LockoutPort;
  readonly clock: Clock;
  /** The sandbox's egress proxy, where there is one. */
  readonly proxy: string | undefined;
}

/** One configured place of keys. Opened when it is first needed: a token may be plugged in later. */
export class Place {
  readonly config: ProviderConfig;
  readonly #parts: PlaceParts;
  #token: Promise<Token> | undefined;
  /** Held while somebody logs in, and no longer. */
  #pin: SecureBuffer | undefined;

  constructor(config: ProviderConfig, parts: PlaceParts) {
    this.config = config;
    this.#parts = parts;
  }

  /** Whether a person logs in with a PIN. */
  get takesPin(): boolean {
    return this.config.kind === 'pkcs11';
  }

  /** The keys of one wallet. @throws VAULT_PROVIDER_UNAVAILABLE */
  async provider(walletId: string, register: KeyRegister): Promise<ManagedProvider> {
    const { kmsProvider, pkcs11Provider, fileCredentials } = await import('@wardmesh/key-providers');
    const { config } = this;
    if (config.kind === 'pkcs11') return pkcs11Provider(await this.#open(), walletId, register);
    const { proxy } = this.#parts;
    const options = {
      region: config.region,
      credentials: fileCredentials(() => readFileSecure(config.credentialsFile, MAX_CREDENTIALS_BYTES)),
      ...(config.endpoint !== undefined && { endpoint: config.endpoint }),
      ...(proxy !== undefined && { proxy }),
    };
    return kmsProvider(options, walletId, register);
  }

  /**
   * Logs in anew: a login of before proves nothing about this PIN. Without a PIN where the place takes none.
   * @throws VAULT_NOT_GENUINE, VAULT_LOCKED_OUT, VAULT_PROVIDER_UNAVAILABLE, SIGNER_BAD_PARAMS
   */
  async logIn(pin: SecureBuffer | undefined): Promise<void> {
    if (this.takesPin !== (pin !== undefined)) {
      throw signerError(
        'SIGNER_BAD_PARAMS',
        this.takesPin ? 'the PIN of the token is missing' : 'this provider takes no PIN',
      );
    }
    if (pin === undefined) return;
    const token = await this.#open();
    await token.lock();
    this.#pin = pin;
    try {
      await token.run(async () => undefined);
    } finally {
      this.#pin = undefined;
    }
  }

  async logOut(): Promise<void> {
    if (this.#token !== undefined) await (await this.#token).lock();
  }

  #open(): Promise<Token> {
    this.#token ??= this.#openToken().catch((error: unknown) => {
      this.#token = undefined;
      throw error;
    });
    return this.#token;
  }

  async #openToken(): Promise<Token> {
    const { config } = this;
    if (config.kind !== 'pkcs11') throw new TypeError('only a token has a session');
    const { Token } = await import('@wardmesh/key-providers');
    const { lockout, clock } = this.#parts;
    return Token.open({
      module: config.module,
      label: config.label,
      ...(config.serialNumber !== undefined && { serialNumber: config.serialNumber }),
      pin: async () => {
        if (this.#pin !== undefined) return SecureBuffer.from(this.#pin.getBuffer());
        throw signerError('WALLET_LOCKED', 'the token has logged us out', {
          hint: 'a person unlocks it: ward wallet unlock',
        });
      },
      lockout,
      clock,
    });
  }
}

import type { KeyObject } from 'node:crypto';
import { ExternalSigningKey } from 'oidc-provider';
import { TOKEN_ALGORITHM, type TokenKey } from './signing-keys.ts';

/** A {@link TokenKey} as `oidc-provider` signs with it; the library never sees a private key. */
export class ExternalTokenKey extends ExternalSigningKey {
  readonly #key: TokenKey;

  constructor(key: TokenKey) {
    super();
    this.#key = key;
    // Accessors of the base class, which its types show as read-only.
    Object.assign(this, { kid: key.kid, alg: TOKEN_ALGORITHM });
  }

  override keyObject(): KeyObject {
    return this.#key.publicKey;
  }

  override sign(data: Uint8Array): Uint8Array | Promise<Uint8Array> {
    return this.#key.sign(data);
  }
}

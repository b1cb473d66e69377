import { type Clock, isJsonObject } from '@wardmesh/core';
import type { Database } from '@wardmesh/store';
import type { Network } from '../authority-ports.ts';
import { authorityError } from './error.ts';
import { MAINNET_ACKNOWLEDGED_FOR } from './limits.ts';

const DOCUMENT = 'mainnet-acknowledged';

/** A person's word that real money is meant, good for 24 hours (network-config). */
export class MainnetAcknowledgement {
  readonly #documents: Database['documents'];
  readonly #clock: Clock;
  #at: number | null;

  private constructor(documents: Database['documents'], clock: Clock, at: number | null) {
    this.#documents = documents;
    this.#clock = clock;
    this.#at = at;
  }

  static async open(documents: Database['documents'], clock: Clock): Promise<MainnetAcknowledgement> {
    const stored = await documents.get(DOCUMENT);
    const at = isJsonObject(stored) && typeof stored.at === 'number' ? stored.at : null;
    return new MainnetAcknowledgement(documents, clock, at);
  }

  async acknowledge(): Promise<void> {
    const at = this.#clock.now();
    await this.#documents.put(DOCUMENT, { at });
    this.#at = at;
  }

  /** @throws MAINNET_NOT_ACKNOWLEDGED, MAINNET_ACK_EXPIRED */
  assert(network: Network): void {
    if (network !== 'mainnet') return;
    const hint = 'a person acknowledges the mainnet: wallet_acknowledge_mainnet, then ward approvals';
    if (this.#at === null) {
      throw authorityError('MAINNET_NOT_ACKNOWLEDGED', 'nobody has acknowledged that this is real money', { hint });
    }
    const age = this.#clock.now() - this.#at;
    // A clock set back before the acknowledgement makes it no younger.
    if (age >= 0 && age < MAINNET_ACKNOWLEDGED_FOR) return;
    throw authorityError('MAINNET_ACK_EXPIRED', 'the acknowledgement of the mainnet is older than 24 hours', { hint });
  }
}

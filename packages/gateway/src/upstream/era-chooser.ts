import type { Era } from '../protocol/revision.ts';
import { upstreamError } from './errors.ts';
import type { Attachment, Channel } from './port.ts';
import { WrongEra } from './wrong-era.ts';

export type ConfiguredEra = 'auto' | Era;

/** Opens a channel in one era and in the client's form, translating where they differ. @throws WrongEra · UpstreamError */
export type OpenInEra = (era: Era, attachment: Attachment) => Promise<Channel>;

/**
 * Picks the era to speak with a server: the client's own where the server has it, so that nothing is translated that
 * need not be; else the other. What a server turned out not to speak is remembered until nothing works any more.
 */
export class EraChooser {
  readonly #configured: ConfiguredEra;
  readonly #open: OpenInEra;
  readonly #missing = new Set<Era>();

  constructor(configured: ConfiguredEra, open: OpenInEra) {
    this.#configured = configured;
    this.#open = open;
  }

  async attach(attachment: Attachment): Promise<Channel> {
    for (const era of this.#order(attachment.client.era)) {
      try {
        return await this.#open(era, attachment);
      } catch (error) {
        if (!(error instanceof WrongEra)) throw error;
        this.#missing.add(era);
      }
    }
    this.#missing.clear();
    throw upstreamError('UPSTREAM_PROTOCOL', 'the server speaks no protocol era that is spoken here');
  }

  #order(client: Era): readonly Era[] {
    const other: Era = client === 'session' ? 'stateless' : 'session';
    const order: readonly Era[] =
      this.#configured === 'session'
        ? ['session']
        : this.#configured === 'stateless'
          ? ['stateless', 'session']
          : [client, other];
    const known = order.filter((era) => !this.#missing.has(era));
    return known.length > 0 ? known : order;
  }
}

import type { Clock } from '@wardmesh/core';
import type { Era } from '../protocol/revision.ts';
import { upstreamError } from './errors.ts';
import { ERA_MEMORY_MS } from './limits.ts';
import type { Attachment, Channel } from './port.ts';
import { WrongEra } from './wrong-era.ts';

export type ConfiguredEra = 'auto' | Era;

/** Opens a channel in one era and in the client's form, translating where they differ. @throws WrongEra · UpstreamError */
export type OpenInEra = (era: Era, attachment: Attachment) => Promise<Channel>;

/**
 * Picks the era to speak with a server: the client's own where the server has it, so that nothing is translated that
 * need not be; else the other. What a server turned out not to speak is remembered for a while, or until nothing works any more.
 */
export class EraChooser {
  readonly #configured: ConfiguredEra;
  readonly #open: OpenInEra;
  readonly #clock: Clock;
  /** Until when. */
  readonly #missing = new Map<Era, number>();

  constructor(configured: ConfiguredEra, open: OpenInEra, clock: Clock) {
    this.#configured = configured;
    this.#open = open;
    this.#clock = clock;
  }

  async attach(attachment: Attachment): Promise<Channel> {
    let cause: unknown;
    for (const era of this.#order(attachment.client.era)) {
      try {
        return await this.#open(era, attachment);
      } catch (error) {
        if (!(error instanceof WrongEra)) throw error;
        this.#missing.set(era, this.#clock.monotonic() + ERA_MEMORY_MS);
        cause = error.cause ?? error;
      }
    }
    this.#missing.clear();
    throw upstreamError('UPSTREAM_PROTOCOL', 'the server speaks no protocol era that is spoken here', { cause });
  }

  #order(client: Era): readonly Era[] {
    const other: Era = client === 'session' ? 'stateless' : 'session';
    const order: readonly Era[] =
      this.#configured === 'session'
        ? ['session']
        : this.#configured === 'stateless'
          ? ['stateless', 'session']
          : [client, other];
    const known = order.filter((era) => !((this.#missing.get(era) ?? -1) >= this.#clock.monotonic()));
    return known.length > 0 ? known : order;
  }
}

import { type Clock, CodedError } from '@wardmesh/core';
import { holdsSigner } from '../config/index.ts';
import { namedChannel } from '../upstream/named-channel.ts';
import type { Attachment } from '../upstream/port.ts';
import { Attached } from './attached.ts';
import type { Catalogue } from './catalogue.ts';

/** Joins sessions to servers, and looks at what each offers before anything is called. */
export class AttachServers {
  readonly #catalogue: Catalogue;
  readonly #clock: Clock;

  constructor(catalogue: Catalogue, clock: Clock) {
    this.#catalogue = catalogue;
    this.#clock = clock;
  }

  /** @throws CodedError SERVER_UNKNOWN and those of the upstream */
  async attach(server: string, attachment: Attachment): Promise<Attached> {
    const entry = this.#catalogue.server(server);
    if (!entry) throw new CodedError('SERVER_UNKNOWN', `There is no server ${server}.`);
    let attached: Attached | undefined;
    const noticing: Attachment = {
      ...attachment,
      notify: (message) => {
        attached?.noticed(message);
        attachment.notify(message);
      },
    };
    const agent = holdsSigner(entry.settings) ? attachment.principal : undefined;
    const channel = namedChannel(await entry.upstream.attach(noticing), agent);
    attached = new Attached(
      server,
      entry.upstream.profile,
      channel,
      attachment,
      (id, offered) => this.#catalogue.observe(id, offered),
      this.#clock,
    );
    try {
      await attached.fresh();
    } catch (error) {
      await attached.close().catch(() => {});
      throw error;
    }
    return attached;
  }
}

import type { OpenInEra } from '../upstream/era-chooser.ts';
import { WrongEra } from '../upstream/wrong-era.ts';

/** Puts a translator between client and server where their eras or revisions differ. */
export function translated(open: OpenInEra): OpenInEra {
  return async (era, attachment) => {
    if (era !== attachment.client.era) throw new WrongEra(era);
    return open(era, attachment);
  };
}

import type { OpenInEra } from '../upstream/era-chooser.ts';
import { alignedSession } from './aligned-session.ts';
import { sessionOnStateless } from './session-on-stateless.ts';
import { statelessOnSession } from './stateless-on-session.ts';

/** Puts a translator between client and server where their eras or revisions differ, and nothing where they do not. */
export function translated(open: OpenInEra, options: { readonly hasHeaders: boolean }): OpenInEra {
  return (era, attachment) => {
    const inEra = (inner: typeof attachment) => open(era, inner);
    if (era === 'stateless') {
      return attachment.client.era === 'stateless' ? inEra(attachment) : sessionOnStateless(attachment, inEra, options);
    }
    return attachment.client.era === 'session'
      ? alignedSession(attachment, inEra)
      : statelessOnSession(attachment, inEra);
  };
}

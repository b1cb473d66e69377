import { api } from '../api.ts';
import { askPasskey, type RequestOptions } from './ceremony.ts';

/** Signs in with whichever passkey the person chooses. */
export async function signInByPasskey() {
  const { origin, options } = await api.call('session.passkeyChallenge');
  if (origin !== window.location.origin) {
    throw new Error(`Passkeys of this gateway work at ${origin}: open the console there.`);
  }
  return api.call('session.passkey', { body: { response: await askPasskey(options as unknown as RequestOptions) } });
}

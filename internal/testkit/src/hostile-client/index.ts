import { bodyAttacks } from './bodies.ts';
import { credentialAttacks } from './credentials.ts';
import { headerAttacks } from './headers.ts';
import { pathAttacks } from './paths.ts';
import { sessionAttacks } from './sessions.ts';
import { slownessAttacks } from './slowness.ts';
import { smugglingAttacks } from './smuggling.ts';
import type { ClientAttack } from './target.ts';

export { attempt } from './call.ts';
export { type NaiveServer, startNaiveServer } from './naive-server.ts';
export type { ClientAttack, Target } from './target.ts';

/** Every hostile client. Credentials come last: their failures count towards lockout. */
export const clientAttacks: readonly ClientAttack[] = [
  ...bodyAttacks,
  ...headerAttacks,
  ...sessionAttacks,
  ...pathAttacks,
  ...smugglingAttacks,
  ...slownessAttacks,
  ...credentialAttacks,
];

import type { ServerAttack } from '../attack.ts';
import type { Script } from './script.ts';

/** A hostile stdio server: what it does, and how a naive client fares with it. */
export interface HostileServer extends ServerAttack {
  readonly transport: 'stdio';
  readonly script: Script;
  /** The attack goes for the aggregate route, beside an honest server named `victim`. */
  readonly aggregate?: true;
}

import type { Clock, Random } from '@wardmesh/core';
import type { WalletsPort } from './api/deps.ts';
import type { FetchDocument, PeoplePort } from './oauth/index.ts';
import type { StartBeside } from './running/beside.ts';
import type { OperatorLog } from './telemetry/operator-log.ts';

export interface GatewayOptions {
  readonly home: string;
  /** In the place of `listen.port`. */
  readonly port?: number;
  /** Folders whose node_modules is searched for servers named by package, beside the home. */
  readonly packagesFrom?: readonly string[];
  /** Reviews of tools that ship with the product, by package name. */
  readonly shippedPins?: Readonly<Record<string, unknown>>;
  readonly log?: OperatorLog;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Measures each layer; costs a little. */
  readonly trace?: boolean;
  /** What people may do, in the place of the grants of the home. */
  readonly people?: PeoplePort;
  /** Folder of the console's built files; without it only the API is served. */
  readonly consoleFolder?: string;
  /** The signer beside the gateway, for the console. */
  readonly wallets?: WalletsPort;
  /** How metadata documents of OAuth clients are fetched, in the place of the guarded way. */
  readonly fetchDocument?: FetchDocument;
  /** Starts what runs beside the gateway; it ends with it. */
  readonly beside?: StartBeside;
}

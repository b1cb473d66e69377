import { join } from 'node:path';
import { signerError } from '../error.ts';
import { MAX_SOCKET_PATH } from '../limits.ts';

/** Where things lie in the signer's folder, 0700. Nothing outside of it is ever written. */
export interface SignerPaths {
  readonly folder: string;
  /** 32 bytes, 0600: every key of the store comes from it. */
  readonly storeKey: string;
  readonly database: string;
  readonly keystore: string;
  /** Counters of key uses. */
  readonly uses: string;
  readonly log: string;
  readonly agentFolder: string;
  readonly agentSocket: string;
  readonly operatorFolder: string;
  readonly operatorSocket: string;
}

/** @throws SIGNER_PATH_TOO_LONG */
export function signerPaths(folder: string): SignerPaths {
  const paths = {
    folder,
    storeKey: join(folder, 'key'),
    database: join(folder, 'state.db'),
    keystore: join(folder, 'keystore'),
    uses: join(folder, 'uses.db'),
    log: join(folder, 'log'),
    agentFolder: join(folder, 'agent'),
    agentSocket: join(folder, 'agent', 'agent.sock'),
    operatorFolder: join(folder, 'operator'),
    operatorSocket: join(folder, 'operator', 'operator.sock'),
  };
  if (Buffer.byteLength(paths.operatorSocket) > MAX_SOCKET_PATH) {
    throw signerError('SIGNER_PATH_TOO_LONG', 'the path of the home is too long for a socket', {
      hint: 'Set WARD_HOME to a shorter path: with its sockets it has at most 107 bytes.',
    });
  }
  return paths;
}

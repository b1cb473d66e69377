import type { WardConfig } from './schema.ts';
import { holdsSigner } from './server.ts';

/** Whether a configuration is served with a signer: it has wallets, or a server that asks one. */
export function wantsSigner(config: WardConfig): boolean {
  return config.wallet !== undefined || Object.values(config.servers).some(holdsSigner);
}

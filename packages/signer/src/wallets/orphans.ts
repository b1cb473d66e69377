import { NETWORKS } from '@wardmesh/vault';
import type { WalletBook } from './book.ts';

/**
 * At the start of the process: wallet files that no index names are told of, and left alone. A crash between a wallet's
 * file and its index leaves one whose account nobody was ever told; an index that was lost leaves those that hold funds.
 */
export async function tellOrphans(book: WalletBook, alert: (message: string) => void): Promise<void> {
  for (const network of NETWORKS) {
    const ids = await book.keystore(network).orphans();
    if (ids.length === 0) continue;
    alert(`wallet files of ${network} that no index names: ${ids.join(' ')}; keep them until you know what they are`);
  }
}

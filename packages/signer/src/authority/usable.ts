import type { WalletView } from '../authority-ports.ts';
import { signerError } from '../error.ts';

/** Said before anything is counted or taken. @throws WALLET_ARCHIVED, WALLET_LOCKED */
export function assertUsable({ status, unlocked, name }: WalletView): void {
  if (status !== 'active') throw signerError('WALLET_ARCHIVED', `the wallet ${name} is archived`);
  if (unlocked) return;
  throw signerError('WALLET_LOCKED', `the wallet ${name} is locked`, {
    hint: 'a person unlocks it: ward wallet unlock',
  });
}

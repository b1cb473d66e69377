import { type KeyUses, NETWORKS } from '@wardmesh/vault';
import type { Answer } from '../authority-ports.ts';
import { ROTATION_PERIOD, ROTATION_SIGNATURES_SHARE } from '../limits.ts';
import type { WalletBook } from './book.ts';

/** Signatures of one key before the vault refuses more. */
const MAX_SIGNATURES = 2 ** 32 - 1;

type KeyStatus = Answer<'status'>['keys'][number];

/**
 * Every key that signs, how often it has, and when it is due (CM-KMS-2). The count is never too low: uses of earlier
 * processes are known by blocks of 1,024.
 */
export class RotationSchedule {
  readonly #book: WalletBook;
  readonly #uses: KeyUses;
  readonly #period: number;
  /** What earlier processes had reserved when this one began, by key. */
  readonly #before = new Map<string, number>();

  constructor(book: WalletBook, uses: KeyUses, period: number = ROTATION_PERIOD) {
    this.#book = book;
    this.#uses = uses;
    this.#period = period;
    for (const info of book.infos(null)) for (const { keyId } of book.keysOf(info)) this.#reservedBefore(keyId);
  }

  keys(now: number): readonly KeyStatus[] {
    return NETWORKS.flatMap((network) => this.#book.infos(network)).flatMap((info) =>
      this.#book.keysOf(info).map(({ keyId, role, state, createdAt }) => {
        const signatures = Math.min(this.#reservedBefore(keyId) + this.#book.signedBy(keyId), MAX_SIGNATURES);
        const rotateBy = createdAt + this.#period;
        const isUsedUp = signatures >= MAX_SIGNATURES * ROTATION_SIGNATURES_SHARE;
        const due = state === 'active' && info.status === 'active' && (now >= rotateBy || isUsedUp);
        return {
          network: info.network,
          address: info.address,
          keyId,
          role,
          state,
          provider: this.#book.providerOf(info, keyId),
          signatures,
          maxSignatures: MAX_SIGNATURES,
          createdAt,
          rotateBy,
          due,
        };
      }),
    );
  }

  #reservedBefore(keyId: string): number {
    let reserved = this.#before.get(keyId);
    if (reserved === undefined) {
      // A key that is new since the start: what is reserved now, less what was signed meanwhile, is not known better.
      reserved = this.#book.signedBy(keyId) > 0 ? 0 : this.#uses(`sign-${keyId}`).reserved();
      this.#before.set(keyId, reserved);
    }
    return reserved;
  }
}

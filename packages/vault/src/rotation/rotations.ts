import { type Clock, type Random, uuid } from '@wardmesh/core';
import { isValidClassicAddress } from 'ripple-address-codec';
import { vaultError } from '../error.ts';
import { Turnstile } from '../keystore/turnstile.ts';
import { MAX_FORCED_ROTATIONS, ROTATION_COOLDOWN } from '../limits.ts';
import type { Algorithm } from '../seeds/public-key.ts';
import { assertWalletId, newKeyId } from '../wallet-file/place.ts';
import { act, type Waiting } from './act.ts';
import type { RotationLog, RotationPorts } from './ports.ts';
import { type RotationEvent, reduce } from './reduce.ts';
import { isOver, ROTATION_REASONS, type Rotation, type RotationReason } from './rotation.ts';

export interface RotationRequest {
  /** Classic address whose regular key is replaced. */
  readonly account: string;
  readonly reason: RotationReason;
  /** 10 to 500 characters; needed with `other` and `incident_response`. */
  readonly description?: string;
  /** Within the cooldown of 24 hours, up to five times a day. */
  readonly force?: boolean;
  /** True where left out. */
  readonly createBackup?: boolean;
  readonly algorithm?: Algorithm;
}

export interface RotationProgress {
  readonly rotation: Rotation;
  /** Absent where the rotation is over. Call `resume` when it may have come. */
  readonly waitingFor?: Waiting;
}

/**
 * Rotates the regular key of one wallet, step by journalled step (XR-WAL-5). Killed anywhere, `resume` goes on or turns
 * back; the old key is destroyed last. One process owns a wallet; within it calls queue.
 */
export class Rotations {
  readonly #walletId: string;
  readonly #ports: RotationPorts;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #turnstile = new Turnstile();

  constructor(walletId: string, ports: RotationPorts, clock: Clock, random: Random) {
    assertWalletId(walletId);
    this.#walletId = walletId;
    this.#ports = ports;
    this.#clock = clock;
    this.#random = random;
  }

  /** @throws VAULT_ROTATION_STATE while one runs, VAULT_ROTATION_COOLDOWN with retryAfter, VAULT_BAD_INPUT */
  start(request: RotationRequest): Promise<RotationProgress> {
    return this.#turnstile.run(async () => {
      const log = await this.#ports.journal.load(this.#walletId);
      if (log.current !== undefined && !isOver(log.current)) {
        throw vaultError('VAULT_ROTATION_STATE', 'a rotation of this wallet is under way', {
          hint: 'Resume or abort it.',
        });
      }
      assertRequest(request);
      const now = this.#clock.now();
      assertCooldown(log, now, request.force === true);
      const active = (await this.#ports.keys.keys()).find(({ state }) => state === 'active');
      const rotation: Rotation = {
        version: 1,
        rotationId: uuid(this.#random),
        walletId: this.#walletId,
        account: request.account,
        reason: request.reason,
        ...(request.description !== undefined && { description: request.description }),
        isForced: request.force === true,
        wantsBackup: request.createBackup !== false,
        algorithm: request.algorithm ?? 'ed25519',
        initiatedAt: now,
        updatedAt: now,
        step: 'INITIATED',
        newKeyId: newKeyId(this.#random),
        ...(active !== undefined && { oldKeyId: active.keyId }),
      };
      await this.#ports.journal.save(this.#walletId, { ...log, current: rotation });
      return this.#run({ ...log, current: rotation });
    });
  }

  /** Goes on where the last process, or the last wait, stopped. Undefined where nothing was under way. */
  resume(): Promise<RotationProgress | undefined> {
    return this.#turnstile.run(async () => {
      const log = await this.#ports.journal.load(this.#walletId);
      return log.current === undefined || isOver(log.current) ? undefined : this.#run(log);
    });
  }

  /** Turns back at the operator's word. @throws VAULT_ROTATION_STATE once a transaction is signed, or nothing runs */
  abort(): Promise<RotationProgress> {
    return this.#turnstile.run(async () => {
      const log = await this.#ports.journal.load(this.#walletId);
      return this.#run(await this.#record(log, { type: 'aborted', cause: 'operator' }));
    });
  }

  async status(): Promise<Rotation | undefined> {
    return (await this.#ports.journal.load(this.#walletId)).current;
  }

  async #run(start: RotationLog): Promise<RotationProgress> {
    let log = start;
    for (;;) {
      const rotation = log.current!;
      if (isOver(rotation)) return { rotation };
      const outcome = await act(rotation, this.#ports);
      if (typeof outcome === 'string') return { rotation, waitingFor: outcome };
      log = await this.#record(log, outcome);
    }
  }

  async #record(log: RotationLog, event: RotationEvent): Promise<RotationLog> {
    const now = this.#clock.now();
    const next = log.current === undefined ? undefined : reduce(log.current, event, now);
    if (next?.ok !== true) {
      throw vaultError('VAULT_ROTATION_STATE', `${event.type} is not possible now`, {
        details: { step: log.current?.step ?? 'none' },
      });
    }
    const recent = log.completed.filter(({ at }) => now - at < ROTATION_COOLDOWN);
    const { step, isForced } = next.value;
    const completed = step === 'COMPLETED' ? [...recent, { at: now, isForced }] : recent;
    const written = { current: next.value, completed };
    await this.#ports.journal.save(this.#walletId, written);
    return written;
  }
}

function assertRequest({ account, reason, description, algorithm }: RotationRequest): void {
  const needsDescription = reason === 'other' || reason === 'incident_response';
  const isSound =
    isValidClassicAddress(account) &&
    ROTATION_REASONS.includes(reason) &&
    (description === undefined ? !needsDescription : description.length >= 10 && description.length <= 500) &&
    (algorithm === undefined || algorithm === 'ed25519' || algorithm === 'secp256k1');
  if (!isSound) {
    throw vaultError('VAULT_BAD_INPUT', 'a rotation needs a classic address and one of the reasons', {
      hint: 'Reasons other and incident_response need a description of 10 to 500 characters.',
    });
  }
}

/** A clock set back makes the wait longer, never shorter. */
function assertCooldown({ completed }: RotationLog, now: number, isForced: boolean): void {
  const recent = completed.filter(({ at }) => now - at < ROTATION_COOLDOWN);
  const counted = isForced ? recent.filter((rotation) => rotation.isForced) : recent;
  if (counted.length < (isForced ? MAX_FORCED_ROTATIONS : 1)) return;
  const free = (isForced ? counted[0]! : counted.at(-1)!).at + ROTATION_COOLDOWN;
  throw vaultError('VAULT_ROTATION_COOLDOWN', 'the wallet was rotated within the last 24 hours', {
    retryAfter: Math.ceil((free - now) / 1_000),
    ...(!isForced && { hint: 'Force it if the key may be known to others.' }),
  });
}

import { Transform, type TransformCallback } from 'node:stream';
import { Refused } from './refusal.ts';

/** Passes at most `max` bytes, then fails with EGRESS_LIMIT. */
export function limitBytes(max: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      seen += chunk.length;
      if (seen > max) done(new Refused('EGRESS_LIMIT'));
      else done(null, chunk);
    },
  });
}

/**
 * Fails with EGRESS_SECRET_ECHOED before any byte of a secret passes, also where it spans chunks. The last bytes that
 * could begin a secret are held back until more is known.
 */
export function refuseSecrets(secrets: readonly Buffer[]): Transform {
  let held: Buffer = Buffer.alloc(0);
  const keep = (text: Buffer): number => {
    let most = 0;
    for (const secret of secrets) {
      for (let length = Math.min(secret.length - 1, text.length); length > most; length--) {
        if (text.subarray(text.length - length).equals(secret.subarray(0, length))) most = length;
      }
    }
    return most;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      const text = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      if (secrets.some((secret) => text.includes(secret))) {
        done(new Refused('EGRESS_SECRET_ECHOED'));
        return;
      }
      const cut = text.length - keep(text);
      held = text.subarray(cut);
      done(null, text.subarray(0, cut));
    },
    flush(done: TransformCallback) {
      done(null, held);
    },
  });
}

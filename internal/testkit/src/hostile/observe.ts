import type { Observation } from '../attack.ts';
import { type Answer, type Peer, textOf, wordOf } from '../peer/peer.ts';

/** Time for what a server sends beside its answer to arrive, ms. */
export const AFTERMATH_MS = 500;

/** Calls the one tool. */
export function act(peer: Peer, waitMs?: number): Promise<Answer> {
  return peer.opened.kind === 'result'
    ? peer.ask('tools/call', { name: 'act', arguments: {} }, waitMs)
    : Promise.resolve(peer.opened);
}

/** The fault is the answer itself: it went through where the answer holds the evil text. */
export function byText(answer: Answer, evil: string): Observation {
  const through = textOf(answer).includes(evil);
  return { through, observed: through ? 'evil text' : wordOf(answer) };
}

/** The fault is the lack of an answer. */
export function bySilence(answer: Answer): Observation {
  return { through: answer.kind === 'silence' || answer.kind === 'gone', observed: wordOf(answer) };
}

/** The fault is something sent beside the answer. */
export function bySeen(answer: Answer, seen: number, allowed: number): Observation {
  const through = seen > allowed;
  return { through, observed: through ? `${seen} messages` : wordOf(answer) };
}

/** The fault is output that is no message: kept by a naive client, or shown inside an answer. */
export function wordOfNoise(answer: Answer, peer: Peer): Observation {
  const through = peer.noise.length > 0 || textOf(answer).includes('\\u001b') || answer.kind === 'silence';
  return { through, observed: through ? `${peer.noise.length} lines of noise` : wordOf(answer) };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Observation } from '../attack.ts';
import { draft, judge, newMarker, toBytes } from './call.ts';
import type { ClientAttack, Target } from './target.ts';
import { codeOf, connect, read, send } from './wire.ts';

/** A gateway gives a head 10 s and a body 15 s; a connection that lives longer than this is held, ms. */
const HELD_MS = 25_000;
/** Calls left hanging: as many as one agent may have at once. */
const HANGING = 10;

/** Clients that take their time, or go away. */
export const slownessAttacks: readonly ClientAttack[] = [
  {
    id: 'slow-body',
    title: 'sends its body one byte a second',
    run: (target) => drip(target, (bytes) => bytes.indexOf('\r\n\r\n') + 4),
    expect: ['REQUEST_TIMEOUT', 'HTTP 408', 'closed'],
  },
  {
    id: 'slow-head',
    title: 'sends its headers one byte a second',
    run: (target) => drip(target, () => 20),
    expect: ['REQUEST_TIMEOUT', 'HTTP 408', 'closed'],
  },
  {
    id: 'vanish',
    title: `starts ${HANGING} calls, hangs up, and finds no place left`,
    async run(target) {
      for (let started = 0; started < HANGING; started++) {
        const socket = await connect(target);
        socket.on('error', () => {});
        socket.write(toBytes(draft(target, 'hold', 'mallory')));
        await sleep(50);
        socket.destroy();
      }
      await sleep(1_000);
      const marker = newMarker();
      const reply = await send(target, toBytes(draft(target, marker, 'mallory')));
      const served = judge(reply, marker).through;
      return { through: !served, observed: served ? 'still served' : codeOf(reply) };
    },
    expect: ['still served'],
  },
];

async function drip(target: Target, from: (bytes: Buffer) => number): Promise<Observation> {
  const bytes = toBytes(draft(target, newMarker()));
  const start = from(bytes);
  const socket = await connect(target);
  socket.on('error', () => {});
  socket.write(bytes.subarray(0, start));
  let at = start;
  const timer = setInterval(() => {
    if (socket.writable && at < bytes.length - 1) socket.write(bytes.subarray(at, ++at));
  }, 1_000);
  const reply = await read(socket, { waitMs: HELD_MS });
  clearInterval(timer);
  socket.destroy();
  return { through: reply.ended === 'silence', observed: codeOf(reply) };
}

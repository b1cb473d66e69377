import type { Observation } from '../attack.ts';
import { draft, judge, newMarker, toBytes } from './call.ts';
import type { ClientAttack, Target } from './target.ts';
import { codeOf, send } from './wire.ts';

/** Headers that leave two readers with two ideas of where the body ends. `N` is the length of the outer body. */
const SHAPES: Readonly<Record<string, readonly [title: string, headers: readonly [string, string][]]>> = {
  'length-and-chunked': [
    'sends both Content-Length and Transfer-Encoding',
    [
      ['Content-Length', 'N'],
      ['Transfer-Encoding', 'chunked'],
    ],
  ],
  'two-lengths': [
    'sends two different Content-Length',
    [
      ['Content-Length', 'N'],
      ['Content-Length', '5'],
    ],
  ],
  'odd-coding': [
    'sends a Transfer-Encoding that is only almost chunked',
    [
      ['Content-Length', 'N'],
      ['Transfer-Encoding', 'xchunked'],
    ],
  ],
  'spaced-name': ['puts a space before the colon of Content-Length', [['Content-Length ', 'N']]],
  'signed-length': ['writes its length as +N', [['Content-Length', '+N']]],
};

/** A first request whose body, read another way, is a second request. */
export const smugglingAttacks: readonly ClientAttack[] = [
  ...Object.entries(SHAPES).map(([id, [title, headers]]) => ({
    id: `smuggle-${id}`,
    title,
    run: (target: Target) => smuggle(target, headers),
    expect: ['HTTP 400', 'closed', 'MESSAGE_INVALID', 'JSON_INVALID'],
  })),
  {
    id: 'plaintext',
    title: 'speaks without TLS',
    async run(target) {
      const marker = newMarker();
      return judge(await send(target, toBytes(draft(target, marker)), { plaintext: true, waitMs: 5_000 }), marker);
    },
    expect: ['closed', 'HTTP 400', 'silence'],
  },
];

async function smuggle(target: Target, headers: readonly [string, string][]): Promise<Observation> {
  const marker = newMarker();
  const call = draft(target, marker);
  const length = String(Buffer.byteLength(String(call.body)));
  for (const [name, value] of headers) call.headers.push([name, value.replace('N', length)]);
  const reply = await send(target, toBytes(call), { lingerMs: 500, waitMs: 5_000 });
  const judged = judge(reply, marker);
  return judged.through ? judged : { through: false, observed: codeOf(reply) };
}

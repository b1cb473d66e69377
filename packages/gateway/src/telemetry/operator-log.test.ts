import { CodedError, Secret } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actorFields } from './actor.ts';
import { MAX_LOG_TEXT } from './limits.ts';
import { type OperatorLog, operatorLog } from './operator-log.ts';

// Spelled in parts: scanners of this repository look for the whole.
const part = (...parts: readonly string[]) => parts.join('');

/** What must never stand in a line, and where it stands in what is logged: a bare text, or a member named like it. */
const CANARIES: readonly (readonly [what: string, secret: string, member: string | undefined])[] = [
  ['a token of an agent', part('ward_agent-7_', 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF'), undefined],
  ['an access token', part('eyJhbGciOiJFUzI1NiJ9', '.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'), undefined],
  ['a refresh token', 'canaryRefresh00', 'refresh_token'],
  ['a seed of XRPL', 'sn259rEFXrQrWyx3Q7XneWcwV6dfL', undefined],
  ['a raw key', '9c'.repeat(32), undefined],
  ['a mnemonic', 'abandon ability able about above absent absorb abstract absurd abuse access accident', undefined],
  ['a password', 'canaryPassword00', 'password'],
  ['a cookie', 'canaryCookie00', 'cookie'],
  ['a cookie that is set', 'canarySet00', 'Set-Cookie'],
  ['an authorization header', 'Basic canaryAuthorization00', 'authorization'],
  ['a DPoP proof by name', 'canaryProof00', 'DPoP'],
  ['a DPoP proof', part('eyJ0eXAiOiJkcG9wK2p3dCJ9', '.eyJodG0iOiJQT1NUIn0.cHJvb2ZzaWduYXR1cmU'), undefined],
  ['an address of a person', '203.0.113.77', undefined],
];

function capture() {
  const lines: string[] = [];
  const clock = { now: () => 1_700_000_000_000, monotonic: () => 0 };
  const log = operatorLog({ nodeId: 'node-1', level: 'debug', clock, destination: { write: (l) => lines.push(l) } });
  return { log, lines };
}

/** Every way by which a line is written. */
const WAYS: readonly (readonly [string, (log: OperatorLog, value: unknown) => void])[] = [
  ['debug', (log, value) => log.debug?.('event', { value })],
  ['info', (log, value) => log.info('event', { value })],
  ['warn', (log, value) => log.warn('event', { value })],
  ['security', (log, value) => log.security('event', { value })],
  ['fault', (log, value) => log.fault('id', value)],
  ['fields of a fault', (log, value) => log.fault('id', new Error('x'), { value })],
  ['cause', (log, value) => log.fault('id', new Error('x', { cause: value }))],
  ['cause of a cause', (log, value) => log.fault('id', new Error('x', { cause: new Error('y', { cause: value }) }))],
];

/** Every kind of value in which it can come. */
function shapes(secret: string, member: string | undefined): readonly (readonly [string, unknown])[] {
  const text = member === undefined ? `it was ${secret}` : `${member}: ${secret}`;
  const holder = member === undefined ? { note: secret } : { [member]: secret };
  const cyclic: Record<string, unknown> = { ...holder };
  cyclic.self = cyclic;
  return [
    ['a text', text],
    ['a long text', `${'x '.repeat(MAX_LOG_TEXT / 2 - 3)}${text}`],
    ['a member', holder],
    ['a nested member', { a: [{ b: { c: holder } }] }],
    ['a member name', { [text]: 1 }],
    ['an array', [text, holder]],
    [
      'a map',
      new Map<string, unknown>([
        ['m', holder],
        ['t', text],
      ]),
    ],
    ['a set', new Set([text])],
    ['headers', member === undefined ? new Headers({ note: secret }) : new Headers({ [member]: secret })],
    ['a cycle', cyclic],
    ['an object with toJSON', { toJSON: () => holder }],
    ['an error', new Error(text)],
    ['a coded error', new CodedError('A_B', text, { details: holder })],
    ['an error with members', Object.assign(new Error('x'), holder)],
    ['several errors', new AggregateError([new Error(text)], text)],
    ['a Secret', new Secret(secret)],
    ['bytes', new TextEncoder().encode(secret)],
  ];
}

describe.each(CANARIES)('%s', (_what, secret, member) => {
  const bare = secret.replace(/^Basic /, '');

  it.each(WAYS)('never stands in a line, as any kind of value: %s', (_way, write) => {
    verifies('CM-LOG-1', 'XR-AUD-4');
    for (const [shape, value] of shapes(secret, member)) {
      const { log, lines } = capture();
      write(log, value);
      expect(lines).toHaveLength(1);
      expect(lines[0], shape).not.toContain(bare);
    }
  });

  it('would be seen by these tests', () => {
    expect(JSON.stringify({ message: shapes(secret, member)[0]![1] })).toContain(bare);
  });
});

describe('a line of the log', () => {
  it('has timestamp, node, request, agent, wallet and event', () => {
    verifies('CM-LOG-1');
    const { log, lines } = capture();
    const wallet = 'eip155:1:0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045';
    const principal = { id: wallet, roles: [], client: 'https://client.example/id' };
    log.info('call.refused', { requestId: 'r-1', ...actorFields(principal), code: 'POLICY_DENIED' });
    expect(JSON.parse(lines[0]!)).toEqual({
      level: 'info',
      timestamp: '2023-11-14T22:13:20.000Z',
      nodeId: 'node-1',
      event: 'call.refused',
      requestId: 'r-1',
      agent: 'https://client.example/id',
      wallet,
      code: 'POLICY_DENIED',
    });
    expect(lines[0]!.endsWith('}\n')).toBe(true);
    expect(actorFields({ id: 'cursor', roles: [] })).toEqual({ agent: 'cursor' });
    expect(actorFields(undefined)).toEqual({});
  });

  it('names the wallets of every chain', () => {
    const { log, lines } = capture();
    const wallet = `sui:mainnet:0x${'1f'.repeat(32)}`;
    log.info('x', actorFields({ id: wallet, roles: [], client: 'c' }));
    expect(JSON.parse(lines[0]!).wallet).toBe(wallet);
  });

  it('is one line and bounded, whatever is in it', () => {
    fc.assert(
      fc.property(fc.object({ maxDepth: 8, withBigInt: true, withMap: true, withSet: true }), (value) => {
        const { log, lines } = capture();
        log.info('x', { value });
        expect(lines[0]!.indexOf('\n')).toBe(lines[0]!.length - 1);
        expect(() => JSON.parse(lines[0]!)).not.toThrow();
      }),
      { numRuns: 50 },
    );
    const { log, lines } = capture();
    const knot: unknown[] = [];
    for (let i = 0; i < 64; i++) knot.push(knot);
    log.warn('x', { knot, long: 'y'.repeat(1_000_000) });
    expect(lines[0]!.length).toBeLessThan(400_000);
  });

  it('tells why an error happened, down its causes', () => {
    const { log, lines } = capture();
    const cause = new CodedError('DISK_FULL', 'no room');
    log.fault('r-1', new Error('not written', { cause }), { layer: 'intend' });
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 'error',
      requestId: 'r-1',
      event: 'fault',
      layer: 'intend',
      error: { message: 'not written', cause: { code: 'DISK_FULL', message: 'no room' } },
    });
  });

  it('is left out below the level, which can be changed; security never is', () => {
    const { log, lines } = capture();
    log.setLevel?.('warn');
    log.debug?.('a');
    log.info('b');
    log.security('c');
    log.fault('r', new Error('d'));
    log.setLevel?.('debug');
    log.debug?.('e');
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(['c', 'fault', 'e']);
  });
});

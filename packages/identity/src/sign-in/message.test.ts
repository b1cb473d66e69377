import fc from 'fast-check';
import { createSiweMessage, parseSiweMessage } from 'viem/siwe';
import { describe, expect, it } from 'vitest';
import { type AccountWord, buildMessage, parseMessage, type SignInMessage } from './message.ts';

const alphabet = (characters: string) => fc.constantFrom(...characters);
const text = (characters: string, minLength: number, maxLength: number) =>
  fc.string({ unit: alphabet(characters), minLength, maxLength });
const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';
const ALNUM = `${LOWER}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;
const time = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
const uri = text(`${ALNUM}-._~/?#[]@!$&'()*+,;=%`, 1, 40).map((path) => `https://${path}`);

const message = fc.record(
  {
    domain: fc.tuple(text(LOWER, 1, 20), text(LOWER, 2, 8)).map((labels) => labels.join('.')),
    address: text(ALNUM, 1, 66),
    statement: text(`${ALNUM} -._~:/?#[]@!$&'()*+,;=`, 1, 200),
    uri,
    chainId: text(`${ALNUM}:-_`, 1, 40),
    nonce: text(ALNUM, 8, 64),
    issuedAt: time.map((at) => at.toISOString()),
    expirationTime: time.map((at) => at.toISOString()),
    requestId: text(`${ALNUM}-._~!$&'()*+,;=:@%`, 1, 40),
    resources: fc.array(uri, { maxLength: 4 }),
  },
  {
    requiredKeys: ['domain', 'address', 'statement', 'uri', 'chainId', 'nonce', 'issuedAt', 'expirationTime'] as const,
  },
);
const word = fc.constantFrom<AccountWord>('Ethereum', 'Solana', 'XRPL', 'Sui');

describe('the text of a sign-in message', () => {
  it('is read back as the message it was built from', () => {
    fc.assert(
      fc.property(word, message, (kind, each) => {
        expect(parseMessage(kind, buildMessage(kind, each))).toEqual({ ok: true, value: each });
      }),
    );
  });

  it('has one spelling: what parses is what would be built', () => {
    fc.assert(
      fc.property(word, message, fc.nat(), fc.string({ unit: 'binary', maxLength: 3 }), (kind, each, at, insert) => {
        const good = buildMessage(kind, each);
        const cut = at % (good.length + 1);
        const changed = good.slice(0, cut) + insert + good.slice(cut + (at % 3));
        const parsed = parseMessage(kind, changed);
        if (parsed.ok) expect(buildMessage(kind, parsed.value)).toBe(changed);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(word, fc.string({ unit: 'binary', maxLength: 400 }), (kind, each) => {
        expect(parseMessage(kind, each).ok).toBe(false);
      }),
    );
  });

  it('is EIP-4361’s, as viem writes and reads it', () => {
    const each: SignInMessage = {
      domain: 'ward.example:8443',
      address: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
      statement: 'Sign in to Wardmesh.',
      uri: 'https://ward.example:8443/sign-in?next=%2F',
      chainId: '137',
      nonce: 'abcdefgh12345678',
      issuedAt: '2023-11-14T22:13:20.000Z',
      expirationTime: '2023-11-14T22:18:20.000Z',
      requestId: 'interaction-1',
      resources: ['https://ward.example/mcp', 'https://ward.example/api'],
    };
    const theirs = {
      ...each,
      address: each.address as `0x${string}`,
      chainId: 137,
      version: '1' as const,
      issuedAt: new Date(each.issuedAt),
      expirationTime: new Date(each.expirationTime),
      resources: [...(each.resources ?? [])],
      requestId: 'interaction-1',
    };
    expect(buildMessage('Ethereum', each)).toBe(createSiweMessage(theirs));
    expect(parseSiweMessage(buildMessage('Ethereum', each))).toEqual(theirs);
  });
});

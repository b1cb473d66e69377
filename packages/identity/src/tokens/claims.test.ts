import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_TOKEN_SECONDS } from '../limits.ts';
import type { AccessClaims } from './claims.ts';
import { parseClaims } from './claims.ts';
import { AUDIENCE, ISSUER, NOW, setUp } from './fixture.ts';
import { issueAccessToken } from './issue.ts';
import { MemoryRevocations } from './memory-revocations.ts';

const name = fc.string({ minLength: 1, maxLength: 60 }).map((text) => text.toWellFormed());
const scope = fc.string({ unit: fc.constantFrom(...'abc:/.-'), minLength: 1, maxLength: 12 });
const claims = fc
  .record({
    subject: name,
    clientId: name,
    tokenId: name,
    life: fc.integer({ min: 1, max: MAX_TOKEN_SECONDS }),
    scopes: fc.array(scope, { maxLength: 4 }),
    key: fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 })),
    session: fc.option(fc.record({ id: fc.constant('session-1'), version: fc.constant(1) })),
  })
  .map(
    ({ life, key, session, ...rest }): AccessClaims => ({
      ...rest,
      issuer: ISSUER,
      audience: AUDIENCE,
      issuedAt: NOW,
      expires: NOW + life,
      ...(key !== null && { keyThumbprint: Buffer.from(key).toString('base64url') }),
      ...(session !== null && { session }),
    }),
  );

describe('the claims of an access token', () => {
  it('come back as they were issued', async () => {
    const { tokens, pair } = await setUp();
    await fc.assert(
      fc.asyncProperty(claims, async (each) => {
        expect(await tokens.check(await issueAccessToken(pair.signer, each), AUDIENCE)).toEqual(each);
      }),
      { numRuns: 40 },
    );
  });

  it('are judged, never thrown over, whatever the payload is', () => {
    const good = { iss: ISSUER, sub: 's', aud: AUDIENCE, client_id: 'c', iat: 1, exp: 2, jti: 'j' };
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(good), 'scope', 'cnf', 'sid', 'sv'),
        fc.jsonValue(),
        (member, value) => {
          const parsed = parseClaims({ ...good, [member]: value } as never, ISSUER);
          if (parsed.ok) expect(parsed.value.issuer).toBe(ISSUER);
        },
      ),
      { numRuns: 500 },
    );
    expect(parseClaims(good, ISSUER).ok).toBe(true);
  });

  it('stand in no error: nor does the token', async () => {
    const { tokens, issue } = await setUp();
    const token = await issue({ subject: 'canary-subject', tokenId: 'canary-token' });
    const error = await tokens.check(token, 'https://elsewhere.example').catch((thrown: unknown) => thrown);
    const text = JSON.stringify([error, (error as Error).message, (error as { details: unknown }).details]);
    for (const secret of ['canary', token, token.slice(0, 20), token.slice(-20)]) expect(text).not.toContain(secret);
  });
});

describe('revocations in memory', () => {
  it('are kept as long as the token would have lasted', () => {
    const revocations = new MemoryRevocations();
    revocations.revokeToken('a', 1_000);
    revocations.revokeToken('b', 2_000);
    revocations.sweep(1_000);
    expect([revocations.isRevoked('a'), revocations.isRevoked('b')]).toEqual([false, true]);
  });
});

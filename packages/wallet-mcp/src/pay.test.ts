import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alice, Bench, bob } from './fixtures/bench.ts';

describe('wallet_pay', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await Bench.open();
  });
  afterEach(() => bench.end());

  it('builds, signs and submits', async () => {
    const paid = await bench.whileClosing(
      bench.value('wallet_pay', { wallet_address: alice.address, destination: bob.address, amount_xrp: '12.5' }),
    );
    expect(paid).toMatchObject({
      signing: { status: 'approved' },
      submission: { status: 'validated', result: { result_code: 'tesSUCCESS' } },
    });
  });
});

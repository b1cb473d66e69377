import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { isFinalResult, resultFacts } from './result.ts';

describe('results', () => {
  it.each([
    ['tesSUCCESS', 'success', false],
    ['tecUNFUNDED_PAYMENT', 'claimed_cost_only', false],
    ['terPRE_SEQ', 'retry_possible', true],
    ['tefPAST_SEQ', 'failed_precondition', false],
    ['tefMAX_LEDGER', 'failed_precondition', false],
    ['temBAD_AMOUNT', 'malformed', false],
    ['telWRONG_NETWORK', 'local_error', false],
    ['telINSUF_FEE_P', 'local_error', true],
    ['telCAN_NOT_QUEUE_FULL', 'local_error', true],
    [undefined, 'network_error', true],
  ] as const)('%s is %s', (result, category, retryable) => {
    verifies('XR-WAL-4');
    expect(resultFacts(result)).toMatchObject({ category, retryable });
    expect(resultFacts(result).suggestion).not.toBe('');
  });

  it('only success and tec are final', () => {
    const names = [
      'tesSUCCESS',
      'tecNO_DST',
      'tesOTHER',
      'terPRE_SEQ',
      'temMALFORMED',
      'tefALREADY',
      'telINSUF_FEE_P',
      '',
      'tec',
    ];
    expect(names.filter(isFinalResult)).toEqual(['tesSUCCESS', 'tecNO_DST']);
  });
});

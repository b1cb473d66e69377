import type { JsonObject } from '@wardmesh/core';
import { factsOf, isTransactionType } from '@wardmesh/wallet';
import { HIGH_FEE_DROPS, LARGE_AMOUNT_DROPS } from '../limits.ts';

export interface Warning {
  readonly code: string;
  readonly message: string;
}

const PARTIAL_PAYMENT = 0x0002_0000;

/** What a person would want to have pointed out. None of it decides anything: that is the signer's policy. */
export function warningsOf(type: string, transaction: JsonObject): readonly Warning[] {
  const checks: readonly (Warning | false)[] = [
    dropsOf(transaction.Fee) > HIGH_FEE_DROPS && {
      code: 'HIGH_FEE',
      message: `the fee is above ${HIGH_FEE_DROPS} drops`,
    },
    Object.values(transaction).some((value) => dropsOf(value) > LARGE_AMOUNT_DROPS) && {
      code: 'LARGE_AMOUNT',
      message: 'an amount is above a million XRP',
    },
    type === 'Payment' &&
      transaction.DestinationTag === undefined && {
        code: 'MISSING_DEST_TAG',
        message: 'no destination tag: exchanges lose such payments',
      },
    (type === 'AccountSet' || type === 'SetRegularKey' || type === 'AccountDelete') && {
      code: 'ACCOUNT_SETTINGS',
      message: 'it changes who controls the account, or how',
    },
    type === 'SignerListSet' && { code: 'MULTISIG_CHANGE', message: 'it changes who must sign for the account' },
    type === 'Payment' &&
      (Number(transaction.Flags ?? 0) & PARTIAL_PAYMENT) !== 0 && {
        code: 'PARTIAL_PAYMENT',
        message: 'it may deliver less than its amount says',
      },
    transaction.LastLedgerSequence === undefined && {
      code: 'NO_LAST_LEDGER',
      message: 'without LastLedgerSequence it may be applied at any time',
    },
    !isTransactionType(type)
      ? { code: 'UNKNOWN_TYPE', message: 'a type that no policy allows' }
      : factsOf(type).governance === true &&
        type !== 'AccountDelete' &&
        type !== 'SetRegularKey' &&
        type !== 'SignerListSet' &&
        type !== 'AccountSet' && { code: 'GOVERNANCE', message: 'it lets somebody else act for the account' },
  ];
  return checks.filter((warning) => warning !== false);
}

function dropsOf(value: unknown): bigint {
  return typeof value === 'string' && /^\d{1,18}$/.test(value) ? BigInt(value) : 0n;
}

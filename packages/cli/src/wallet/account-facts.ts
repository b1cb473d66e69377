import { isCoded } from '@wardmesh/core';
import type { XrplLedger } from '@wardmesh/ledgers';
import { cliError } from '../error.ts';

/** lsfDisableMaster of an AccountRoot. */
const MASTER_DISABLED = 0x0010_0000;

/** The state of an account in the shape that the signer takes it. @throws CodedError ACCOUNT_NOT_FUNDED, LedgersError */
export async function accountFacts(ledger: XrplLedger, address: string) {
  const [server, fee, account] = await Promise.all([ledger.serverInfo(), ledger.fee(), known(ledger, address)]);
  const { signerList } = account;
  return {
    facts: {
      ledgerIndex: server.validated.index,
      accountSequence: account.sequence,
      baseFee: server.baseFee.toString(),
      fee: fee.openLedgerFee.toString(),
      networkId: server.networkId,
      signerList: signerList === undefined ? null : { quorum: signerList.quorum, signers: [...signerList.signers] },
    },
    balance: account.balance.toString(),
    regularKey: account.regularKey ?? null,
    masterDisabled: (account.flags & MASTER_DISABLED) !== 0,
  };
}

async function known(ledger: XrplLedger, address: string) {
  try {
    return await ledger.accountInfo(address);
  } catch (cause) {
    if (!isCoded(cause, 'ACCOUNT_NOT_FOUND')) throw cause;
    throw cliError('ACCOUNT_NOT_FUNDED', 'the ledger does not know the account yet', {
      hint: 'Send the reserve to it first, then run the command again.',
      cause,
    });
  }
}

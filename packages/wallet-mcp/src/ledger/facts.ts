import type { XrplLedger } from '@wardmesh/ledgers';
import type { LedgerFacts } from '@wardmesh/signer/client';

/**
 * What the signer needs to complete a transaction. The validated account, not the open one: what this wallet has signed
 * since, the signer knows better than any node. @throws LedgersError ACCOUNT_NOT_FOUND and those of a request
 */
export async function ledgerFacts(ledger: XrplLedger, address: string): Promise<LedgerFacts> {
  const [server, account, fee] = await Promise.all([ledger.serverInfo(), ledger.accountInfo(address), ledger.fee()]);
  const { signerList } = account;
  const isBusy = fee.openLedgerFee > fee.baseFee;
  return {
    ledgerIndex: server.validated.index,
    accountSequence: account.sequence,
    baseFee: fee.baseFee.toString(),
    // The policy's fee cap is the signer's to hold against it.
    fee: (isBusy ? fee.openLedgerFee : fee.baseFee).toString(),
    networkId: ledger.networkId,
    signerList:
      signerList === undefined
        ? null
        : { quorum: signerList.quorum, signers: signerList.signers.map((s) => ({ ...s })) },
  };
}

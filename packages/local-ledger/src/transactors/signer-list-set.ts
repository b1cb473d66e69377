import { LSF } from '../entry.ts';
import { compareAccounts, signerListIndex } from '../keylet.ts';
import { MAX_SIGNERS } from '../limits.ts';
import { reserve, type Transactor } from '../transactor.ts';

/** A list counts as one owned object whatever its length (MultiSignReserve). */
const ONE_OWNER_COUNT = 0x0001_0000;

export const signerListSet: Transactor = {
  preflight(tx) {
    const entries = tx.SignerEntries ?? [];
    const quorum = tx.SignerQuorum ?? 0;
    if (quorum === 0 && tx.SignerEntries === undefined) return 'tesSUCCESS';
    if (quorum === 0 || entries.length === 0 || entries.length > MAX_SIGNERS) return 'temMALFORMED';
    const accounts = entries.map(({ SignerEntry }) => SignerEntry.Account);
    if (new Set(accounts).size !== accounts.length || accounts.includes(tx.Account)) return 'temBAD_SIGNER';
    if (entries.some(({ SignerEntry }) => SignerEntry.SignerWeight === 0)) return 'temBAD_WEIGHT';
    const sum = entries.reduce((total, { SignerEntry }) => total + SignerEntry.SignerWeight, 0);
    return quorum > sum ? 'temBAD_QUORUM' : 'tesSUCCESS';
  },
  apply({ tx, view, priorBalance }) {
    const index = signerListIndex(tx.Account);
    const existing = view.get(index);
    const account = view.need(tx.Account);
    if (tx.SignerEntries === undefined) {
      const hasOtherKey = (account.Flags & LSF.DisableMaster) === 0 || account.RegularKey !== undefined;
      if (!hasOtherKey) return 'tecNO_ALTERNATIVE_KEY';
      if (existing !== undefined) {
        view.erase(index);
        view.addOwned(tx.Account, -1);
      }
      return 'tesSUCCESS';
    }
    if (existing === undefined) {
      if (priorBalance < reserve(account.OwnerCount + 1)) return 'tecINSUFFICIENT_RESERVE';
      view.addOwned(tx.Account, 1);
    }
    view.put({
      index,
      LedgerEntryType: 'SignerList',
      Flags: ONE_OWNER_COUNT,
      Owner: tx.Account,
      SignerListID: 0,
      SignerQuorum: tx.SignerQuorum ?? 0,
      SignerEntries: [...tx.SignerEntries].sort((a, b) =>
        compareAccounts(a.SignerEntry.Account, b.SignerEntry.Account),
      ),
    });
    return 'tesSUCCESS';
  },
};

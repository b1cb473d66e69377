import { LSF } from '../entry.ts';
import { signerListIndex } from '../keylet.ts';
import type { Transactor } from '../transactor.ts';

export const setRegularKey: Transactor = {
  preflight: (tx) => (tx.RegularKey === tx.Account ? 'temBAD_REGKEY' : 'tesSUCCESS'),
  apply({ tx, view }) {
    if (tx.RegularKey === undefined) {
      const isMasterDisabled = (view.need(tx.Account).Flags & LSF.DisableMaster) !== 0;
      if (isMasterDisabled && view.get(signerListIndex(tx.Account)) === undefined) return 'tecNO_ALTERNATIVE_KEY';
    }
    view.patch(tx.Account, { RegularKey: tx.RegularKey });
    return 'tesSUCCESS';
  },
};

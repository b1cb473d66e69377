import { LSF } from '../entry.ts';
import { signerListIndex } from '../keylet.ts';
import type { ResultName } from '../result.ts';
import { isSignedByMaster } from '../signature.ts';
import type { Transactor } from '../transactor.ts';

/** asf numbers and the AccountRoot flag each one sets. */
const FLAGS: ReadonlyMap<number, number> = new Map([
  [1, LSF.RequireDestTag],
  [2, LSF.RequireAuth],
  [3, LSF.DisallowXRP],
  [4, LSF.DisableMaster],
  [6, LSF.NoFreeze],
  [7, LSF.GlobalFreeze],
  [8, LSF.DefaultRipple],
  [9, LSF.DepositAuth],
]);
const DISABLE_MASTER = 4;
const NO_FREEZE = 6;
const MAX_DOMAIN_BYTES = 256;

export const accountSet: Transactor = {
  preflight(tx) {
    if (tx.SetFlag !== undefined && tx.SetFlag !== 0 && tx.SetFlag === tx.ClearFlag) return 'temINVALID_FLAG';
    for (const flag of [tx.SetFlag, tx.ClearFlag]) {
      // Flags this ledger has no meaning for are refused rather than set without effect.
      if (flag !== undefined && flag !== 0 && !FLAGS.has(flag)) return 'temDISABLED';
    }
    if (tx.TransferRate !== undefined || tx.TickSize !== undefined || tx.NFTokenMinter !== undefined) {
      return 'temDISABLED';
    }
    if (tx.Domain !== undefined && tx.Domain.length > 2 * MAX_DOMAIN_BYTES) return 'telBAD_DOMAIN';
    return 'tesSUCCESS';
  },
  apply({ tx, view }): ResultName {
    const account = view.need(tx.Account);
    let flags = account.Flags;
    if (tx.SetFlag === DISABLE_MASTER) {
      if (!isSignedByMaster(tx)) return 'tecNEED_MASTER_KEY';
      const hasOtherKey = account.RegularKey !== undefined || view.get(signerListIndex(tx.Account)) !== undefined;
      if (!hasOtherKey) return 'tecNO_ALTERNATIVE_KEY';
    }
    if (tx.SetFlag === NO_FREEZE && !isSignedByMaster(tx) && (flags & LSF.DisableMaster) === 0) {
      return 'tecNEED_MASTER_KEY';
    }
    if (tx.SetFlag === 2 && (flags & LSF.RequireAuth) === 0 && account.OwnerCount > 0) return 'tecOWNERS';
    flags |= FLAGS.get(tx.SetFlag ?? 0) ?? 0;
    if (tx.ClearFlag !== NO_FREEZE) flags &= ~(FLAGS.get(tx.ClearFlag ?? 0) ?? 0);
    view.patch(tx.Account, {
      Flags: flags >>> 0,
      ...text('Domain', tx.Domain),
      ...text('MessageKey', tx.MessageKey),
      ...(tx.EmailHash !== undefined && { EmailHash: /^0*$/.test(tx.EmailHash) ? undefined : tx.EmailHash }),
    });
    return 'tesSUCCESS';
  },
};

/** An empty value removes the member. */
function text<Name extends 'Domain' | 'MessageKey'>(
  name: Name,
  value: string | undefined,
): { readonly [K in Name]?: string | undefined } {
  if (value === undefined) return {};
  return { [name]: value === '' ? undefined : value } as { readonly [K in Name]?: string | undefined };
}

/** Names of transaction flags by type (rippled: TxFlags.h). */
const UNIVERSAL: Readonly<Record<string, number>> = { tfFullyCanonicalSig: 0x8000_0000, tfInnerBatchTxn: 0x4000_0000 };

const BY_TYPE: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  AccountSet: {
    tfRequireDestTag: 0x0001_0000,
    tfOptionalDestTag: 0x0002_0000,
    tfRequireAuth: 0x0004_0000,
    tfOptionalAuth: 0x0008_0000,
    tfDisallowXRP: 0x0010_0000,
    tfAllowXRP: 0x0020_0000,
  },
  AMMDeposit: {
    tfLPToken: 0x0001_0000,
    tfSingleAsset: 0x0008_0000,
    tfTwoAsset: 0x0010_0000,
    tfOneAssetLPToken: 0x0020_0000,
    tfLimitLPToken: 0x0040_0000,
    tfTwoAssetIfEmpty: 0x0080_0000,
  },
  AMMWithdraw: {
    tfLPToken: 0x0001_0000,
    tfWithdrawAll: 0x0002_0000,
    tfOneAssetWithdrawAll: 0x0004_0000,
    tfSingleAsset: 0x0008_0000,
    tfTwoAsset: 0x0010_0000,
    tfOneAssetLPToken: 0x0020_0000,
    tfLimitLPToken: 0x0040_0000,
  },
  Batch: {
    tfAllOrNothing: 0x0001_0000,
    tfOnlyOne: 0x0002_0000,
    tfUntilFailure: 0x0004_0000,
    tfIndependent: 0x0008_0000,
  },
  NFTokenCreateOffer: { tfSellNFToken: 0x0000_0001 },
  NFTokenMint: {
    tfBurnable: 0x0000_0001,
    tfOnlyXRP: 0x0000_0002,
    tfTrustLine: 0x0000_0004,
    tfTransferable: 0x0000_0008,
    tfMutable: 0x0000_0010,
  },
  OfferCreate: {
    tfPassive: 0x0001_0000,
    tfImmediateOrCancel: 0x0002_0000,
    tfFillOrKill: 0x0004_0000,
    tfSell: 0x0008_0000,
    tfHybrid: 0x0010_0000,
  },
  Payment: { tfNoRippleDirect: 0x0001_0000, tfPartialPayment: 0x0002_0000, tfLimitQuality: 0x0004_0000 },
  PaymentChannelClaim: { tfRenew: 0x0001_0000, tfClose: 0x0002_0000 },
  TrustSet: {
    tfSetfAuth: 0x0001_0000,
    tfSetNoRipple: 0x0002_0000,
    tfClearNoRipple: 0x0004_0000,
    tfSetFreeze: 0x0010_0000,
    tfClearFreeze: 0x0020_0000,
    tfSetDeepFreeze: 0x0040_0000,
    tfClearDeepFreeze: 0x0080_0000,
  },
};

/** Names of the bits that are set; bits without a name as hex, so that none stays unseen. */
export function flagNames(type: string, flags: number): readonly string[] {
  const known = { ...UNIVERSAL, ...BY_TYPE[type] };
  const names = Object.keys(known).filter((name) => (flags & (known[name] ?? 0)) !== 0);
  const named = names.reduce((bits, name) => bits | (known[name] ?? 0), 0);
  const rest = (flags & ~named) >>> 0;
  return rest === 0 ? names : [...names, `0x${rest.toString(16).toUpperCase().padStart(8, '0')}`];
}

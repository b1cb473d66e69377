import { encodeForSigningClaim } from 'ripple-binary-codec';
import { verify } from 'ripple-keypairs';
import { LSF, type PayChannel } from '../entry.ts';
import { channelIndex } from '../keylet.ts';
import type { ResultName } from '../result.ts';
import type { Tx } from '../transaction.ts';
import { type ApplyContext, positiveDrops, reserve, sequenceOf, type Transactor } from '../transactor.ts';
import type { View } from '../view.ts';

const TF = { Renew: 0x0001_0000, Close: 0x0002_0000 } as const;

export const paymentChannelCreate: Transactor = {
  preflight(tx) {
    if (positiveDrops(tx.Amount) === undefined) return 'temBAD_AMOUNT';
    if (tx.Destination === tx.Account) return 'temDST_IS_SRC';
    return isPublicKey(tx.PublicKey) ? 'tesSUCCESS' : 'temMALFORMED';
  },
  apply({ tx, view, parentCloseTime }) {
    const amount = positiveDrops(tx.Amount)!;
    const account = view.need(tx.Account);
    const needed = reserve(account.OwnerCount + 1);
    if (account.Balance < needed) return 'tecINSUFFICIENT_RESERVE';
    if (account.Balance < needed + amount) return 'tecUNFUNDED';
    const destination = view.account(tx.Destination!);
    if (destination === undefined) return 'tecNO_DST';
    if ((destination.Flags & LSF.RequireDestTag) !== 0 && tx.DestinationTag === undefined) return 'tecDST_TAG_NEEDED';
    if (tx.CancelAfter !== undefined && parentCloseTime > tx.CancelAfter) return 'tecEXPIRED';
    view.put({
      index: channelIndex(tx.Account, tx.Destination!, sequenceOf(tx)),
      LedgerEntryType: 'PayChannel',
      Flags: 0,
      Account: tx.Account,
      Destination: tx.Destination!,
      Amount: amount,
      Balance: 0n,
      SettleDelay: tx.SettleDelay ?? 0,
      PublicKey: tx.PublicKey!,
      ...(tx.CancelAfter !== undefined && { CancelAfter: tx.CancelAfter }),
      ...(tx.SourceTag !== undefined && { SourceTag: tx.SourceTag }),
      ...(tx.DestinationTag !== undefined && { DestinationTag: tx.DestinationTag }),
    });
    view.addBalance(tx.Account, -amount);
    view.addOwned(tx.Account, 1);
    return 'tesSUCCESS';
  },
};

export const paymentChannelFund: Transactor = {
  preflight: (tx) => (positiveDrops(tx.Amount) === undefined ? 'temBAD_AMOUNT' : 'tesSUCCESS'),
  apply({ tx, view, parentCloseTime }) {
    const channel = view.find('PayChannel', tx.Channel!);
    if (channel === undefined) return 'tecNO_ENTRY';
    if (isOver(channel, parentCloseTime)) return close(view, channel);
    if (channel.Account !== tx.Account) return 'tecNO_PERMISSION';
    let next = channel;
    if (tx.Expiration !== undefined) {
      if (tx.Expiration < earliest(channel, parentCloseTime)) return 'temBAD_EXPIRATION';
      next = { ...next, Expiration: tx.Expiration };
    }
    const amount = positiveDrops(tx.Amount)!;
    const account = view.need(tx.Account);
    const needed = reserve(account.OwnerCount);
    if (account.Balance < needed) return 'tecINSUFFICIENT_RESERVE';
    if (account.Balance < needed + amount) return 'tecUNFUNDED';
    if (view.account(channel.Destination) === undefined) return 'tecNO_DST';
    view.put({ ...next, Amount: channel.Amount + amount });
    view.addBalance(tx.Account, -amount);
    return 'tesSUCCESS';
  },
};

export const paymentChannelClaim: Transactor = {
  flags: TF.Renew | TF.Close,
  preflight(tx) {
    const flags = tx.Flags ?? 0;
    if ((flags & TF.Close) !== 0 && (flags & TF.Renew) !== 0) return 'temMALFORMED';
    const [balance, amount] = [tx.Balance, tx.Amount].map((value) => (value === undefined ? 0n : positiveDrops(value)));
    if (balance === undefined || amount === undefined) return 'temBAD_AMOUNT';
    if (tx.Balance !== undefined && tx.Amount !== undefined && balance > amount) return 'temBAD_AMOUNT';
    if (tx.Signature === undefined) return 'tesSUCCESS';
    if (tx.PublicKey === undefined || tx.Balance === undefined) return 'temMALFORMED';
    const authorised = tx.Amount === undefined ? balance : amount;
    if (balance > authorised) return 'temBAD_AMOUNT';
    const claim = encodeForSigningClaim({ channel: tx.Channel, amount: authorised.toString() });
    return isSigned(claim, tx.Signature, tx.PublicKey) ? 'tesSUCCESS' : 'temBAD_SIGNATURE';
  },
  apply(context) {
    const { tx, view, parentCloseTime } = context;
    const channel = view.find('PayChannel', tx.Channel!);
    if (channel === undefined) return 'tecNO_TARGET';
    if (tx.PublicKey !== undefined && tx.PublicKey !== channel.PublicKey) return 'temBAD_SIGNER';
    if (isOver(channel, parentCloseTime)) return close(view, channel);
    if (tx.Account !== channel.Account && tx.Account !== channel.Destination) return 'tecNO_PERMISSION';
    const paid = tx.Balance === undefined ? channel : claim(context, channel);
    if (typeof paid === 'string') return paid;
    return settle(tx, view, paid, parentCloseTime);
  },
};

/** Pays out up to the claimed total; the destination needs the owner's signature, the owner does not. */
function claim({ tx, view }: ApplyContext, channel: PayChannel): PayChannel | ResultName {
  if (tx.Account === channel.Destination && tx.Signature === undefined) return 'temBAD_SIGNATURE';
  const total = positiveDrops(tx.Balance)!;
  if (total > channel.Amount || total <= channel.Balance) return 'tecUNFUNDED_PAYMENT';
  const destination = view.account(channel.Destination);
  if (destination === undefined) return 'tecNO_DST';
  if ((destination.Flags & LSF.DepositAuth) !== 0 && tx.Account !== channel.Destination) return 'tecNO_PERMISSION';
  view.addBalance(channel.Destination, total - channel.Balance);
  const paid = { ...channel, Balance: total };
  view.put(paid);
  return paid;
}

function settle(tx: Tx, view: View, channel: PayChannel, now: number): ResultName {
  const flags = tx.Flags ?? 0;
  if ((flags & TF.Renew) !== 0) {
    if (tx.Account !== channel.Account) return 'tecNO_PERMISSION';
    const { Expiration: _, ...renewed } = channel;
    view.put(renewed);
  }
  if ((flags & TF.Close) !== 0) {
    if (tx.Account === channel.Destination || channel.Balance === channel.Amount) return close(view, channel);
    const settled = now + channel.SettleDelay;
    if (channel.Expiration === undefined || channel.Expiration > settled) view.put({ ...channel, Expiration: settled });
  }
  return 'tesSUCCESS';
}

function close(view: View, channel: PayChannel): ResultName {
  view.erase(channel.index);
  view.addBalance(channel.Account, channel.Amount - channel.Balance);
  view.addOwned(channel.Account, -1);
  return 'tesSUCCESS';
}

const isOver = (channel: PayChannel, now: number): boolean =>
  (channel.CancelAfter !== undefined && now >= channel.CancelAfter) ||
  (channel.Expiration !== undefined && now >= channel.Expiration);

function earliest(channel: PayChannel, now: number): number {
  const settled = now + channel.SettleDelay;
  return channel.Expiration !== undefined && channel.Expiration < settled ? channel.Expiration : settled;
}

const isPublicKey = (key: string | undefined): boolean => key !== undefined && /^(?:ED|02|03)[0-9A-F]{64}$/.test(key);

function isSigned(message: string, signature: string, publicKey: string): boolean {
  try {
    return verify(message, signature, publicKey);
  } catch {
    return false;
  }
}

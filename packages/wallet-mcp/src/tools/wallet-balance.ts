import { toTimestamp } from '@wardmesh/core';
import { z } from 'zod';
import { WalletMcpError } from '../error.ts';
import { network, networkName, timestamp, walletAddress } from '../schema/parts.ts';
import { xrpOf } from '../schema/present.ts';
import { defineTool, READS } from '../tool.ts';
import { chooseWallet } from '../wallets.ts';

/** AccountRoot flags (rippled: LedgerFormats.h). */
const FLAGS: Readonly<Record<string, number>> = {
  password_spent: 0x0001_0000,
  require_destination_tag: 0x0002_0000,
  require_authorization: 0x0004_0000,
  disallow_xrp: 0x0008_0000,
  disable_master: 0x0010_0000,
  no_freeze: 0x0020_0000,
  global_freeze: 0x0040_0000,
  default_ripple: 0x0080_0000,
  deposit_auth: 0x0100_0000,
  disallow_incoming_nftoken_offer: 0x0400_0000,
  disallow_incoming_check: 0x0800_0000,
  disallow_incoming_pay_channel: 0x1000_0000,
  disallow_incoming_trustline: 0x2000_0000,
  allow_trustline_clawback: 0x8000_0000,
};

export const walletBalance = defineTool({
  name: 'wallet_balance',
  title: 'Balance and limits of a wallet',
  description:
    'Balance in the last validated ledger, the reserve that must stay, what can be spent, and how much of the policy’s limits is used. The reserve is the server’s, never assumed.',
  annotations: READS,
  input: z.strictObject({
    wallet_address: walletAddress.optional(),
    wallet_id: z.string().min(1).max(128).optional().describe('Instead of wallet_address.'),
    network,
    wait_after_tx: z.int().min(0).max(20_000).default(0).describe('Wait this long first, ms.'),
  }),
  output: z.strictObject({
    address: z.string(),
    wallet_id: z.string(),
    balance_drops: z.string(),
    balance_xrp: z.string(),
    reserve_drops: z.string(),
    available_drops: z.string(),
    available_xrp: z.string(),
    sequence: z.int(),
    owner_count: z.int(),
    ticket_count: z.int(),
    regular_key_set: z.boolean(),
    signer_list: z
      .strictObject({
        quorum: z.int(),
        signers: z.array(z.strictObject({ account: z.string(), weight: z.int() })),
      })
      .nullable(),
    flags: z.array(z.string()),
    policy_id: z.string(),
    network: networkName,
    ledger_index: z.int(),
    /** Endpoints that told the same of that ledger. */
    confirmed_by: z.int(),
    queried_at: timestamp,
    policy_status: z.strictObject({
      daily_volume_xrp: z.string(),
      daily_limit_xrp: z.string(),
      daily_utilization_percent: z.number(),
      hourly_transaction_count: z.int(),
      hourly_limit: z.int(),
      daily_transaction_count: z.int(),
      daily_transaction_limit: z.int(),
      autonomous_available_xrp: z.string(),
      policy_version: z.string(),
    }),
  }),
  async run(args, call) {
    if ((args.wallet_address === undefined) === (args.wallet_id === undefined)) {
      throw new WalletMcpError('VALIDATION_ERROR', 'give wallet_address or wallet_id, one of the two');
    }
    const { network: on, address, wallet } = await chooseWallet(call, args);
    if (args.wait_after_tx > 0) await call.sleep(args.wait_after_tx, call.signal);
    const ledger = call.networks.ledger(on);
    const [account, server, limits] = await Promise.all([
      ledger.accountInfo(address),
      ledger.serverInfo(),
      call.signer.request('limits.get', { network: on, address }),
    ]);
    const reserve = server.reserveBase + server.reserveIncrement * BigInt(account.ownerCount);
    const available = account.balance > reserve ? account.balance - reserve : 0n;
    const [spent, daily] = [BigInt(limits.spentToday), BigInt(limits.dailyVolume)];
    return {
      value: {
        address,
        wallet_id: wallet.walletId,
        balance_drops: account.balance.toString(),
        balance_xrp: xrpOf(account.balance),
        reserve_drops: reserve.toString(),
        available_drops: available.toString(),
        available_xrp: xrpOf(available),
        sequence: account.sequence,
        owner_count: account.ownerCount,
        ticket_count: account.ticketCount,
        regular_key_set: account.regularKey !== undefined,
        signer_list:
          account.signerList === undefined
            ? null
            : {
                quorum: account.signerList.quorum,
                signers: account.signerList.signers.map((signer) => ({
                  account: signer.address,
                  weight: signer.weight,
                })),
              },
        // Flags are unsigned 32 bits; JavaScript's are signed.
        flags: Object.keys(FLAGS).filter((name) => (account.flags & (FLAGS[name] ?? 0)) >>> 0 !== 0),
        policy_id: wallet.policy.id,
        network: on,
        ledger_index: account.validated?.index ?? server.validated.index,
        confirmed_by: account.confirmedBy,
        queried_at: toTimestamp(call.clock.now()),
        policy_status: {
          daily_volume_xrp: xrpOf(spent),
          daily_limit_xrp: xrpOf(daily),
          daily_utilization_percent: daily === 0n ? 100 : Number((spent * 10_000n) / daily) / 100,
          hourly_transaction_count: limits.hourCount,
          hourly_limit: limits.perHour,
          daily_transaction_count: limits.dayCount,
          daily_transaction_limit: limits.perDay,
          autonomous_available_xrp: xrpOf(BigInt(limits.left.autonomousRemaining)),
          policy_version: wallet.policy.version,
        },
      },
    };
  },
});

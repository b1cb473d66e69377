import type { Transactor } from '../transactor.ts';
import { accountDelete } from './account-delete.ts';
import { accountSet } from './account-set.ts';
import { checkCancel, checkCash, checkCreate } from './check.ts';
import { escrowCancel, escrowCreate, escrowFinish } from './escrow.ts';
import { payment } from './payment.ts';
import { paymentChannelClaim, paymentChannelCreate, paymentChannelFund } from './payment-channel.ts';
import { setRegularKey } from './set-regular-key.ts';
import { signerListSet } from './signer-list-set.ts';
import { ticketCreate } from './ticket-create.ts';
import { trustSet } from './trust-set.ts';

/** Every type this ledger executes. Any other one answers temDISABLED. */
export const TRANSACTORS: Readonly<Record<string, Transactor>> = {
  AccountDelete: accountDelete,
  AccountSet: accountSet,
  CheckCancel: checkCancel,
  CheckCash: checkCash,
  CheckCreate: checkCreate,
  EscrowCancel: escrowCancel,
  EscrowCreate: escrowCreate,
  EscrowFinish: escrowFinish,
  Payment: payment,
  PaymentChannelClaim: paymentChannelClaim,
  PaymentChannelCreate: paymentChannelCreate,
  PaymentChannelFund: paymentChannelFund,
  SetRegularKey: setRegularKey,
  SignerListSet: signerListSet,
  TicketCreate: ticketCreate,
  TrustSet: trustSet,
};

import type { Tool } from '../tool.ts';
import { acknowledgeMainnet } from './acknowledge-mainnet.ts';
import { approvalStatus } from './approval-status.ts';
import { escrowCancel } from './escrow-cancel.ts';
import { escrowCreate } from './escrow-create.ts';
import { escrowFinish } from './escrow-finish.ts';
import { escrowList } from './escrow-list.ts';
import { escrowStatus } from './escrow-status.ts';
import { generateCondition } from './generate-condition.ts';
import { networkConfig } from './network-config.ts';
import { policySet } from './policy-set.ts';
import { txDecode } from './tx-decode.ts';
import { txSubmit } from './tx-submit.ts';
import { walletBalance } from './wallet-balance.ts';
import { walletCreate } from './wallet-create.ts';
import { walletFund } from './wallet-fund.ts';
import { walletHistory } from './wallet-history.ts';
import { walletImport } from './wallet-import.ts';
import { walletList } from './wallet-list.ts';
import { walletPay } from './wallet-pay.ts';
import { walletPolicyCheck } from './wallet-policy-check.ts';
import { walletRotate } from './wallet-rotate.ts';
import { walletSign } from './wallet-sign.ts';

/** All tools, in the order in which they are listed; the first one needs no argument. */
export const TOOLS: readonly Tool[] = [
  walletList,
  walletCreate,
  walletImport,
  walletBalance,
  walletHistory,
  walletFund,
  walletPay,
  walletSign,
  walletPolicyCheck,
  walletRotate,
  policySet,
  txSubmit,
  txDecode,
  networkConfig,
  acknowledgeMainnet,
  approvalStatus,
  escrowCreate,
  escrowFinish,
  escrowCancel,
  escrowList,
  escrowStatus,
  generateCondition,
];

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openAudit } from '@wardmesh/audit';
import { fromHex, type JsonObject, systemClock, systemRandom, toHex, unwrap } from '@wardmesh/core';
import { signingKeyFromSeed } from '@wardmesh/crypto';
import { Authority, type AuthorityOptions } from '@wardmesh/signer/authority';
import { FolderLogStorage, openDatabase } from '@wardmesh/store';
import { type CompiledPolicy, canonical, compilePolicy, policyToJson, presetPolicy } from '@wardmesh/wallet';
import { encode, encodeForSigning } from 'ripple-binary-codec';
import { deriveAddress } from 'ripple-keypairs';

/** A throw-away key of the bench: it signs nothing that any ledger holds. */
const KEY = signingKeyFromSeed(new Uint8Array(32).fill(77));
const PUBLIC_KEY = `ED${toHex(KEY.publicKey).toUpperCase()}`;
const ADDRESS = deriveAddress(PUBLIC_KEY);
const DESTINATION = 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh';

const FACTS = { ledgerIndex: 1_000, accountSequence: 7, baseFee: '10', fee: '12', networkId: 1, signerList: null };
/** Signed transactions that the ledger has not validated yet. */
const IN_FLIGHT = 100;

type Policy = CompiledPolicy['policy'];
const compiled = (change: (base: Policy) => Policy): CompiledPolicy =>
  unwrap(compilePolicy(unwrap(canonical(change(presetPolicy('testnet'))))));

/** Room for every request of the bench. */
export const FREE = compiled((base) => ({
  ...base,
  limits: { ...base.limits, perHour: 10_000, perDay: 100_000 },
}));

/** What all requests of the overspend counter together may spend. */
export const TIGHT_VOLUME = 500_000_000n;
export const TIGHT = compiled((base) => ({
  ...base,
  tierVolumes: { autonomous: TIGHT_VOLUME, delayed: TIGHT_VOLUME },
  limits: { ...base.limits, perHour: 10_000, perDay: 100_000, volumePerDay: TIGHT_VOLUME },
}));

export function payment(drops: bigint, fields: JsonObject = {}): string {
  return encode({
    TransactionType: 'Payment',
    Account: ADDRESS,
    Destination: DESTINATION,
    Amount: drops.toString(),
    ...fields,
  });
}

/** What a wallet without any policy does: the bytes, the signature, the blob. */
export function signBare(sequence: number): string {
  const transaction = {
    TransactionType: 'Payment',
    Account: ADDRESS,
    Destination: DESTINATION,
    Amount: '1',
    Fee: '12',
    Sequence: sequence,
    LastLedgerSequence: 1_020,
    SigningPubKey: PUBLIC_KEY,
  };
  const signature = KEY.sign(fromHex(encodeForSigning(transaction).toLowerCase()));
  return encode({ ...transaction, TxnSignature: toHex(signature).toUpperCase() });
}

const wallet = {
  walletId: 'bench',
  network: 'testnet',
  name: 'bench',
  address: ADDRESS,
  status: 'active',
  unlocked: true,
  signing: { keyId: 'bench', algorithm: 'ed25519', publicKey: PUBLIC_KEY, address: ADDRESS },
  kind: 'agent',
  purpose: null,
  createdAt: 0,
} as const;

const keys: AuthorityOptions['keys'] = {
  wallets: () => [wallet],
  wallet: () => wallet,
  sign: (_network, _address, message) => ({
    keyId: 'bench',
    publicKey: fromHex(PUBLIC_KEY.toLowerCase()),
    signature: KEY.sign(message),
  }),
};

/** An authority with its real database and its real log under `folder`. */
export async function openSubject(folder: string, policy: CompiledPolicy) {
  const logFolder = join(folder, 'log');
  await mkdir(logFolder, { recursive: true, mode: 0o700 });
  const storage = await FolderLogStorage.open(logFolder);
  const { log } = await openAudit({
    storage,
    clock: systemClock,
    random: systemRandom,
    keys: {
      hmac: new Uint8Array(32).fill(1),
      seal: new Uint8Array(32).fill(2),
      signing: signingKeyFromSeed(new Uint8Array(32).fill(3)),
    },
    origin: 'bench.example.com/signer',
  });
  const database = await openDatabase({ path: join(folder, 'state.db'), key: new Uint8Array(32).fill(4) });
  const authority = await Authority.open({
    database,
    keys,
    log,
    approvers: [],
    clock: systemClock,
    random: systemRandom,
  });
  await authority.adopt(wallet, JSON.stringify(policyToJson(policy.policy)));
  let signed = 0;
  return {
    ask: async (blob: string) => {
      const accountSequence = FACTS.accountSequence + Math.max(0, signed - IN_FLIGHT);
      const answer = await authority.answer('sign.request', {
        network: 'testnet',
        address: ADDRESS,
        principal: 'bench',
        blob,
        facts: { ...FACTS, accountSequence },
        context: null,
        approvalId: null,
      });
      if (answer.status === 'approved') signed++;
      return answer;
    },
    async close(): Promise<void> {
      await authority.close();
      await log.close();
      await storage.close();
      await database.close();
    },
  };
}

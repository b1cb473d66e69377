import type { JsonObject } from '@wardmesh/core';
import type { AccountInfo, Page, SignerListInfo } from './port.ts';
import { ADDRESS, type Reader } from './reader.ts';

/** `account_info`; the address must be the one asked for. */
export function parseAccountInfo(result: Reader, address: string): AccountInfo {
  const data = result.object('account_data');
  if (data.text('Account') !== address) data.fail('Account');
  return {
    address,
    balance: data.drops('Balance'),
    sequence: data.uint('Sequence'),
    ownerCount: data.uint('OwnerCount'),
    flags: data.uint('Flags'),
    ticketCount: data.has('TicketCount') ? data.uint('TicketCount') : 0,
    regularKey: data.has('RegularKey') ? data.text('RegularKey', ADDRESS) : undefined,
    signerList: parseSignerLists(result),
    validated:
      result.json.validated === true
        ? { index: result.uint('ledger_index'), hash: result.hash('ledger_hash') }
        : undefined,
    confirmedBy: 1,
  };
}

function parseSignerLists(result: Reader): SignerListInfo | undefined {
  if (!result.has('signer_lists')) return undefined;
  const [list] = result.objects('signer_lists');
  if (list === undefined) return undefined;
  return {
    quorum: list.uint('SignerQuorum'),
    signers: list.objects('SignerEntries').map((entry) => {
      const signer = entry.object('SignerEntry');
      return { address: signer.text('Account', ADDRESS), weight: signer.uint('SignerWeight') };
    }),
  };
}

/** A page of ledger entries, each with its type and index. */
export function parseObjects(result: Reader): Page<JsonObject> {
  const rows = result.objects('account_objects').map((entry) => {
    entry.text('LedgerEntryType', /^[A-Za-z]{1,40}$/);
    entry.hash('index');
    return entry.json;
  });
  return { rows, marker: parseMarker(result) };
}

export function parseMarker(result: Reader): JsonObject | string | undefined {
  if (!result.has('marker')) return undefined;
  return typeof result.json.marker === 'string' ? result.json.marker : result.object('marker').json;
}

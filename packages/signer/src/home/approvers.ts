import { fromBase64, fromUtf8, isCoded, isJsonObject, type Json, parseStrictJson, toBase64 } from '@wardmesh/core';
import { readFileSecure } from '@wardmesh/store';
import { APPROVERS_DOCUMENT } from '../authority/approvers.ts';
import type { Approver } from '../authority/options.ts';
import { signerError } from '../error.ts';
import { MAX_APPROVERS_BYTES } from '../limits.ts';

interface Documents {
  get(key: string): Promise<Json | undefined>;
  put(key: string, document: Json): Promise<void>;
}

/**
 * Who may approve. The operator's file is read until it names somebody, then never again: whoever changes it later
 * changes nothing here. Later changes are requests of kind `approvers`, which those who are sealed approve.
 * @throws SIGNER_HOME_DAMAGED where the file is not what `ward init` writes
 */
export async function sealApprovers(documents: Documents, path: string): Promise<readonly Approver[]> {
  const sealed = await documents.get(APPROVERS_DOCUMENT);
  if (isJsonObject(sealed) && Array.isArray(sealed.approvers)) return sealed.approvers as unknown as Approver[];
  const approvers = await readApprovers(path);
  if (approvers.length > 0)
    await documents.put(APPROVERS_DOCUMENT, { approvers: approvers.map((each) => ({ ...each })) });
  return approvers;
}

async function readApprovers(path: string): Promise<readonly Approver[]> {
  let text: string;
  try {
    text = fromUtf8(await readFileSecure(path, MAX_APPROVERS_BYTES));
  } catch (error) {
    if (isCoded(error, 'STORE_FILE_MISSING')) return [];
    throw error;
  }
  const parsed = parseStrictJson(text);
  const value = parsed.ok ? parsed.value : undefined;
  const listed = isJsonObject(value) ? value.approvers : value;
  if (!Array.isArray(listed)) throw damaged();
  return (listed as readonly Json[]).filter((item) => !(isJsonObject(item) && item.revoked === true)).map(approverOf);
}

function approverOf(item: Json): Approver {
  if (!isJsonObject(item)) throw damaged();
  const { keyId, by, publicKey } = item;
  if (typeof keyId !== 'string' || typeof by !== 'string' || typeof publicKey !== 'string') throw damaged();
  let bytes: Uint8Array;
  try {
    bytes = fromBase64(publicKey);
  } catch {
    throw damaged();
  }
  if (bytes.length !== 32) throw damaged();
  return { keyId, by, publicKey: toBase64(bytes) };
}

function damaged() {
  return signerError('SIGNER_HOME_DAMAGED', 'operator/approvers.json is not a list of approvers', {
    hint: 'Write it anew with ward init.',
  });
}

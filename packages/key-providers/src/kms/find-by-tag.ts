import { type KMSClient, ListKeysCommand, ListResourceTagsCommand } from '@aws-sdk/client-kms';
import { vaultError } from '../error.ts';
import { MAX_KMS_PAGES } from '../limits.ts';
import { nameOf } from './errors.ts';

export const KEY_TAG = 'wardmesh:key';

/**
 * ARN of the key with this id in its tag. Looks through the whole account, so it is asked only after a crash. Keys whose
 * tags we may not read are others'. @throws VAULT_CAPACITY where there are more keys than we look through
 */
export async function findByTag(client: KMSClient, keyId: string): Promise<string | undefined> {
  let marker: string | undefined;
  for (let page = 0; page < MAX_KMS_PAGES; page++) {
    const { Keys, NextMarker, Truncated } = await client.send(
      new ListKeysCommand({ Limit: 100, ...(marker !== undefined && { Marker: marker }) }),
    );
    for (const { KeyArn } of Keys ?? []) {
      if (KeyArn !== undefined && (await hasTag(client, KeyArn, keyId))) return KeyArn;
    }
    if (Truncated !== true || NextMarker === undefined) return undefined;
    marker = NextMarker;
  }
  throw vaultError('VAULT_CAPACITY', 'the account has more keys than we look through for one without an alias');
}

async function hasTag(client: KMSClient, arn: string, keyId: string): Promise<boolean> {
  try {
    const { Tags } = await client.send(new ListResourceTagsCommand({ KeyId: arn }));
    return (Tags ?? []).some(({ TagKey, TagValue }) => TagKey === KEY_TAG && TagValue === keyId);
  } catch (error) {
    if (['AccessDeniedException', 'NotFoundException'].includes(nameOf(error))) return false;
    throw error;
  }
}

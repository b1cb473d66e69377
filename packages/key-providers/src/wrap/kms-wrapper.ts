import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import { type KeyWrapper, SecureBuffer } from '@wardmesh/vault';
import { vaultError } from '../error.ts';
import { KMS_CAPABILITIES } from '../kms/capabilities.ts';
import { type KmsOptions, kmsClients } from '../kms/client.ts';
import { fromKms } from '../kms/errors.ts';
import { assertContext, assertWrappable, disclose, enclose } from './envelope.ts';

/**
 * Wraps under a symmetric key of AWS KMS. The context is bound as the encryption context, which the service's own log
 * shows. @param arn the key's ARN; an alias could be moved
 */
export function kmsWrapper(options: KmsOptions, arn: string): KeyWrapper {
  if (!/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/.test(arn)) {
    throw vaultError('VAULT_BAD_INPUT', 'the wrapping key is named by its ARN');
  }
  const { client } = kmsClients(options);
  const contextOf = (context: string) => ({ 'wardmesh:purpose': context });
  return {
    capabilities: KMS_CAPABILITIES,
    async wrapKey(key, context) {
      assertWrappable(key);
      assertContext(context);
      try {
        const request = { KeyId: arn, Plaintext: key, EncryptionContext: contextOf(context) };
        const { KeyId, CiphertextBlob } = await client.send(new EncryptCommand(request));
        if (KeyId !== arn || CiphertextBlob === undefined) throw another();
        return enclose(CiphertextBlob);
      } catch (error) {
        throw fromKms(error);
      }
    },
    async unwrapKey(wrapped, context) {
      assertContext(context);
      const sealed = disclose(wrapped);
      try {
        const request = { KeyId: arn, CiphertextBlob: sealed, EncryptionContext: contextOf(context) };
        const { KeyId, Plaintext } = await client.send(new DecryptCommand(request));
        if (KeyId !== arn || Plaintext === undefined) throw another();
        return SecureBuffer.take(Plaintext);
      } catch (error) {
        throw fromKms(error);
      }
    },
  };
}

function another() {
  return vaultError('VAULT_PROVIDER_FAULT', 'the key service answered for another key');
}

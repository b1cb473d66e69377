import type { AuthorityService } from '../authority-ports.ts';
import { signerError } from '../error.ts';
import type { AuthorityParts } from './signer.ts';

/** A signer without policies signs nothing: every question about a transaction is refused. */
export async function openAuthority(_parts: AuthorityParts): Promise<AuthorityService> {
  const refuse = () => signerError('SIGNER_INTERNAL', 'no policy is in force');
  return {
    answer: async () => {
      throw refuse();
    },
    assertPolicy: () => undefined,
    adopt: async () => ({ id: 'none', version: '0.0.0', hash: `sha256:${'0'.repeat(64)}` }),
    policyOf: () => undefined,
    pending: () => 0,
    wish: async () => {
      throw refuse();
    },
    fulfil: async () => undefined,
    requestRotation: async () => {
      throw refuse();
    },
    rotationStatus: async () => 'pending',
    record: async () => undefined,
    close: async () => undefined,
  };
}

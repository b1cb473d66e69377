import { signerError } from '../error.ts';
import { SECURE_HEAP_BYTES } from '../limits.ts';
import type { HardeningFacts } from './facts.ts';

/** What is missing of XR-MEM-2 (secure heap, no core dumps) and of this process's own rules; empty where nothing is. */
export function faultsOf(facts: HardeningFacts): readonly string[] {
  const faults: string[] = [];
  if (facts.secureHeap < SECURE_HEAP_BYTES) faults.push('the secure heap is off or too small');
  if (facts.coreDumps !== 'off') faults.push('core dumps are not off');
  if (facts.permissions === 'off') faults.push('Node’s permission model is off');
  if (facts.permissions === 'too wide') faults.push('Node’s permission model allows more than it must');
  if (facts.inspector !== 'off') faults.push('the inspector is open');
  if (facts.inspectorSignal !== 'off') faults.push('SIGUSR1 would open the inspector');
  for (const option of facts.foreignOptions) faults.push(`the option ${option} is set`);
  return faults;
}

/** @throws SIGNER_UNPROTECTED */
export function assertHardened(facts: HardeningFacts): void {
  const faults = faultsOf(facts);
  if (faults.length === 0) return;
  throw signerError('SIGNER_UNPROTECTED', `the signer is not protected as it must be: ${faults.join('; ')}`, {
    hint: 'Let ward up start it.',
  });
}

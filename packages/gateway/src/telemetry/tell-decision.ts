import type { Gateway } from '../gateway.ts';

/** Counts a person's signature, and where it decided the request, how long that was waited for. */
export function tellDecision(
  { services }: Pick<Gateway, 'services'>,
  decision: 'approved' | 'denied',
  after: { readonly createdAt: number; readonly state: string },
): void {
  services.metrics.approval(decision === 'approved' ? 'signed' : 'denied');
  // Of a request that takes more signatures this is not the decision yet.
  if (after.state !== 'pending') services.metrics.decided(decision, services.clock.now() - after.createdAt);
}

/**
 * Cites requirement ids in a test: `verifies('XR-LOCK-1')` inside the test or describe that would fail without the code.
 * `npm run requirements` reads these calls from the source, so the ids must be string literals.
 */
export function verifies(..._ids: readonly `${'CM' | 'XR' | 'MK' | 'CH' | 'AM' | 'WM'}-${string}`[]): void {}

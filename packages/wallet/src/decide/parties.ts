import { memoTexts } from '../xrpl/memos.ts';
import type { CheckInput } from './context.ts';
import { type Finding, finding } from './finding.ts';

/** Who takes part: nobody blocked, no blocked issuer, and a tag where one is needed. */
export function checkParties({ intent, compiled }: CheckInput): Finding[] {
  const found: Finding[] = [];
  for (const one of [intent, ...intent.inner]) {
    for (const party of one.parties) {
      if (compiled.block.has(party)) {
        found.push(finding(4, 'DESTINATION_BLOCKED', `${party} is on the blocklist`, { actual: party }));
      }
      // Every account named anywhere, so also issuers within paths and pool assets.
      if (compiled.blockedIssuers.has(party)) {
        found.push(finding(4, 'ISSUER_BLOCKED', `${party} is a blocked issuer`, { actual: party }));
      }
    }
    const { destination } = one;
    // Tag 0 is a tag (W20): only its absence is missing.
    if (destination !== null && destination.tag === null && compiled.tagRequired.has(destination.address)) {
      const message = `${destination.address} needs a destination tag`;
      found.push(finding(4, 'DESTINATION_TAG_MISSING', message, { actual: destination.address }));
    }
  }
  return found;
}

/** No memo says what the policy's patterns look for. The finding names the pattern and not the text. */
export function checkMemos({ intent, compiled }: CheckInput): Finding[] {
  const found: Finding[] = [];
  for (const one of [intent, ...intent.inner]) {
    // Together as well, so that nothing hides between two parts.
    const parts = memoTexts(one.memos);
    const texts = parts.length > 1 ? [...parts, parts.join(' ')] : parts;
    for (const pattern of compiled.memoPatterns) {
      if (texts.some((text) => pattern.test(text))) {
        found.push(finding(4, 'MEMO_PATTERN', 'a memo reads like an instruction', { limit: pattern.source }));
      }
    }
  }
  return found;
}

/** A destination that is neither listed nor, where the policy learns, paid before. */
export function isKnownDestination(
  address: string,
  { compiled, usage }: Pick<CheckInput, 'compiled' | 'usage'>,
): boolean {
  const { mode, learn } = compiled.policy.destinations;
  return compiled.allow.has(address) || (mode !== 'allowlist' && learn && usage.isKnown(address));
}

export function checkDestinations(input: CheckInput): Finding[] {
  const { newTier } = input.compiled.policy.destinations;
  if (newTier === 1) return [];
  return [...input.recipients]
    .filter((address) => !isKnownDestination(address, input))
    .map((address) =>
      newTier === 4
        ? finding(4, 'DESTINATION_NOT_ALLOWED', `${address} is not an allowed destination`, { actual: address })
        : finding(newTier, 'NEW_DESTINATION', `${address} is a new destination`, { actual: address }),
    );
}

import { outcomeOf } from '../src/front/outcome.ts';
import type { Call } from '../src/pipeline/call.ts';
import type { Denial } from '../src/protocol/errors.ts';

export type { Denial };

/** What a client would be told. */
export function outcomeText({ call, denial }: { call: Call; denial: Denial | undefined }): string {
  return JSON.stringify(outcomeOf(call, denial));
}

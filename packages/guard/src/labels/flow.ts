import type { Label, ToolFlow } from './labels.ts';

export type Flow = 'ok' | 'confirm' | 'deny';

export interface FlowQuery {
  /** Labels of everything this session has read. */
  readonly sessionLabels: Iterable<Label>;
  /** Labels the arguments carry themselves, where they are known; they count as read. */
  readonly argumentLabels?: Iterable<Label>;
  readonly tool: ToolFlow;
  /** What an outward call gets once untrusted and private data met. Default `confirm`. */
  readonly onConflict?: 'confirm' | 'deny';
}

/**
 * The rule of WM-IFC-1, decided in code: text that a stranger wrote may be steering the model, private data may be in its
 * context, and an outward tool would carry it away. All three together need a person, or are denied. The model cannot
 * argue with it, because nothing it writes is an input.
 */
export function flowDecision(query: FlowQuery): Flow {
  if (!query.tool.outward) return 'ok';
  let untrusted = false;
  let secret = false;
  // The tool's own results reach the session only after the call, so its labels do not count here.
  for (const labels of [query.sessionLabels, query.argumentLabels ?? []]) {
    for (const label of labels) {
      if (label === 'untrusted') untrusted = true;
      else if (label === 'private') secret = true;
    }
  }
  return untrusted && secret ? (query.onConflict ?? 'confirm') : 'ok';
}

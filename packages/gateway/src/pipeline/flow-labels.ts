import type { Clock } from '@wardmesh/core';
import { type Flow, flowDecision, SessionLabels } from '@wardmesh/guard';
import type { CatalogueTool, ClientSession } from './call.ts';

/** The labels each session has read, and what they mean for the next call (WM-IFC-1). */
export class FlowLabels {
  readonly #labels: SessionLabels;

  constructor(clock: Clock, carryMs: number) {
    this.#labels = new SessionLabels({ clock, stickyFor: carryMs });
  }

  of(session: ClientSession): readonly string[] {
    return [...this.#labels.of(session.principal.id, session.id)].sort();
  }

  add(session: ClientSession, labels: readonly string[]): void {
    if (labels.length > 0) this.#labels.add(session.principal.id, session.id, labels);
  }

  decide(labels: readonly string[], tool: CatalogueTool, onConflict: 'approve' | 'deny'): Flow {
    return flowDecision({ sessionLabels: labels, tool, onConflict: onConflict === 'deny' ? 'deny' : 'confirm' });
  }
}

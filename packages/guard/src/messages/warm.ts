import { CHECKS } from './methods.ts';
import { REVISIONS, type Revision } from './revisions.ts';

const COMMON = ['initialize', 'server/discover', 'tools/list', 'tools/call'] as const;

/**
 * Compiles the checks of the most common methods now, some 200 ms a revision, instead of within the first calls. To be run
 * once while a gateway starts.
 */
export function warmMessages(revisions: readonly Revision[] = REVISIONS): void {
  for (const revision of revisions) {
    for (const method of COMMON) {
      const checks = CHECKS[revision].client.requests.get(method);
      checks?.params.closed({});
      checks?.result.open({});
    }
  }
}

import type { HostileServer } from './server.ts';
import { answerEarly } from './servers/answer-early.ts';
import { answerTwice } from './servers/answer-twice.ts';
import { breaksOutputSchema } from './servers/breaks-output-schema.ts';
import { crashAtStart } from './servers/crash-at-start.ts';
import { deaf } from './servers/deaf.ts';
import { deepJson } from './servers/deep-json.ts';
import { duplicateKeys } from './servers/duplicate-keys.ts';
import { exitMidCall } from './servers/exit-mid-call.ts';
import { floodNotifications } from './servers/flood-notifications.ts';
import { forbiddenRequests } from './servers/forbidden-requests.ts';
import { foreignProgress } from './servers/foreign-progress.ts';
import { garbageOutput } from './servers/garbage-output.ts';
import { hang } from './servers/hang.ts';
import { hugeAnswers } from './servers/huge-answer.ts';
import { hugeStderr } from './servers/huge-stderr.ts';
import { impersonation } from './servers/impersonation.ts';
import { injections } from './servers/injection.ts';
import { invalidUtf8 } from './servers/invalid-utf8.ts';
import { orphan } from './servers/orphan.ts';
import { rugPulls } from './servers/rug-pull.ts';
import { slowAnswer } from './servers/slow-answer.ts';
import { undeclared } from './servers/undeclared.ts';
import { wrongId } from './servers/wrong-id.ts';
import { wrongRevision } from './servers/wrong-revision.ts';

/** Every hostile stdio server. */
export const stdioServers: readonly HostileServer[] = [
  floodNotifications,
  hang,
  exitMidCall,
  crashAtStart,
  garbageOutput,
  ...rugPulls,
  wrongId,
  answerTwice,
  answerEarly,
  ...hugeAnswers,
  deepJson,
  duplicateKeys,
  invalidUtf8,
  breaksOutputSchema,
  ...injections,
  impersonation,
  ...forbiddenRequests,
  foreignProgress,
  undeclared,
  wrongRevision,
  hugeStderr,
  deaf,
  slowAnswer,
  orphan,
];

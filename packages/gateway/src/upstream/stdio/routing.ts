import type { JsonRpcNotification, JsonRpcRequest, JsonRpcResponse } from '../../protocol/message.ts';
import { wants } from '../log-levels.ts';
import { handOn } from '../notifications.ts';
import { type Attached, busiest, latestCall, subscribes } from './attached.ts';

/**
 * Who is asked what a server asks over stdio: whoever has the latest call in flight, in that call; else the client that
 * attached last.
 */
export function whomToAsk(
  all: ReadonlySet<Attached>,
): ((message: JsonRpcRequest) => Promise<JsonRpcResponse>) | undefined {
  const busy = busiest(all);
  const call = busy === undefined ? undefined : latestCall(busy);
  if (call !== undefined) return (message) => call.ask(message);
  const last = [...all].at(-1);
  return last === undefined ? undefined : (message) => last.attachment.ask(message);
}

/**
 * Hands a notification that names no request to the clients of a child it may concern. Where the child is shared, what
 * could tell one principal of another's work stays back.
 *
 * @returns whether it was one that clients know
 */
export function routeNotification(
  message: JsonRpcNotification,
  all: ReadonlySet<Attached>,
  isShared: boolean,
): boolean {
  const tell = (one: Attached) => handOn(() => one.attachment.notify(message));
  switch (message.method) {
    case 'notifications/message':
      routeLog(message, all, isShared);
      return true;
    case 'notifications/resources/updated': {
      const uri = String(message.params?.uri);
      for (const one of all) if (subscribes(one.uris, uri)) tell(one);
      return true;
    }
    case 'notifications/tools/list_changed':
    case 'notifications/prompts/list_changed':
    case 'notifications/resources/list_changed':
      for (const one of all) tell(one);
      return true;
    case 'notifications/elicitation/complete':
    case 'notifications/tasks/status':
      // They name a client's own elicitation or task.
      if (!isShared) for (const one of all) tell(one);
      return true;
    default:
      return false;
  }
}

/** A log message belongs to the latest call in flight; without one, to all whose level it has. */
function routeLog(message: JsonRpcNotification, all: ReadonlySet<Attached>, isShared: boolean): void {
  const busy = busiest(all);
  if (busy !== undefined) {
    // Two at work on a shared child: it could be either's, so it is nobody's.
    const isAmbiguous = isShared && [...all].filter((one) => one.calls.size > 0).length > 1;
    if (!isAmbiguous && wants(busy.level, message)) handOn(() => latestCall(busy)?.notify(message));
    return;
  }
  if (isShared) return;
  for (const one of all) if (wants(one.level, message)) handOn(() => one.attachment.notify(message));
}

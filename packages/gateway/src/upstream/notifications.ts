/** Notifications of a server that belong to the attachment, whatever stream they come on. */
export function isUnbound(method: string): boolean {
  switch (method) {
    case 'notifications/tools/list_changed':
    case 'notifications/prompts/list_changed':
    case 'notifications/resources/list_changed':
    case 'notifications/resources/updated':
    case 'notifications/elicitation/complete':
    case 'notifications/tasks/status':
      return true;
    default:
      return false;
  }
}

/**
 * Notifications of a session client that go up. `initialized` is the channel's own, `cancelled` is a call's signal (the
 * ids of clients mean nothing above), and what is unknown is not passed on.
 */
export function goesUp(method: string): boolean {
  switch (method) {
    case 'notifications/roots/list_changed':
    case 'notifications/progress':
    case 'notifications/tasks/status':
      return true;
    default:
      return false;
  }
}

/** Hands something to the other side of the gateway; its failure must not end the stream it came on. */
export function handOn(deliver: () => void): void {
  try {
    deliver();
  } catch {
    // The front reports its own faults.
  }
}

import type { Era } from '../protocol/revision.ts';

/** The server does not speak the era asked for; the other one may be tried. Never leaves this room. */
export class WrongEra extends Error {
  constructor(era: Era, cause?: unknown) {
    super(`the server has no ${era} era`, { cause });
    this.name = 'WrongEra';
  }
}

import { Authority } from '../authority/index.ts';
import type { AuthorityService } from '../authority-ports.ts';
import type { AuthorityParts } from './signer.ts';

/** The authority over this home: its state, its log, the keys through the book and nothing else of them. */
export function openAuthority({ home, log, book, clock, random, alert }: AuthorityParts): Promise<AuthorityService> {
  return Authority.open({
    database: home.database,
    keys: book,
    log: log.audit,
    approvers: home.approvers,
    clock,
    random,
    node: log.node,
    alert,
  });
}

export { Authority } from './authority.ts';
export { AuthorityError, type AuthorityErrorCode } from './error.ts';
export type { Approver, AuthorityLog, AuthorityOptions } from './options.ts';

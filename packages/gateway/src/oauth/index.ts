export {
  AuthorizationServer,
  type AuthorizationServerOptions,
  type OauthEvent,
} from './authorization-server.ts';
export { documentFetcher, type FetchDocument } from './clients/fetch-document.ts';
export { CLI_CLIENT } from './clients/static.ts';
export type { OauthErrorCode } from './error.ts';
export type { ActiveGrant, Grants } from './grants.ts';
export type { PeoplePort, SignInPort } from './interaction/sign-in-port.ts';
export { SIGN_IN_CHAINS, type WalletSignInOptions, walletSignIn } from './interaction/wallet-sign-in.ts';
export { SCOPE_API, SCOPE_CALL, SCOPE_READ } from './scopes.ts';
export { clientRoles } from './tokens/client-roles.ts';
export type { TokenGate } from './tokens/token-gate.ts';

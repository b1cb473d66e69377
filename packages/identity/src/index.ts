export { fromBase58, toBase58 } from './account/base58.ts';
export { type AccountId, accountId, type ChainId, parseAccountId, parseChainId } from './account/caip.ts';
export { padFailure } from './constant-time.ts';
export { IdentityError, type IdentityErrorCode } from './error.ts';
export { CHALLENGE_LIFETIME, FAILURE_TIME, FRESH_SIGN_IN, MAX_TOKEN_SECONDS } from './limits.ts';
export { approvalChallenge, isApprovalAssertion } from './passkeys/assertion.ts';
export {
  MemoryPasskeyStore,
  type Passkey,
  type PasskeyFault,
  type PasskeyStore,
  type RelyingParty,
} from './passkeys/passkey.ts';
export { type PasskeyProof, Passkeys, type PasskeysOptions } from './passkeys/passkeys.ts';
export { People, type PersonFault } from './people/people.ts';
export { hasWallet, identitiesOf, type LinkedPasskey, type LinkedWallet, type Person } from './people/person.ts';
export { MemoryPersonStore, type PersonStore } from './people/store.ts';
export { type CedarEntity, cedarEntities, rolesOf } from './roles/cedar.ts';
export {
  type GrantEvent,
  type RevokeEvent,
  type RoleEvent,
  roleEventHash,
  roleEventMessage,
  type SignedRoleEvent,
  signedRoleEventSchema,
} from './roles/event.ts';
export type { GrantSource, RoleEventStore } from './roles/grant-source.ts';
export { LocalGrants, type LocalGrantsOptions } from './roles/local-grants.ts';
export {
  type Extent,
  extentOf,
  isRole,
  MATRIX,
  PERMISSIONS,
  type Permission,
  ROLES,
  type Role,
  SELF_FORBIDDEN,
} from './roles/matrix.ts';
export { type Actor, type Permit, permits, type Target } from './roles/permits.ts';
export { type Grant, type GrantFault, RoleLog, type RoleLogRules } from './roles/role-log.ts';
export type { ChallengeAsk, SignInChallenge, SignInPurpose } from './sign-in/challenge.ts';
export type { ContractWallets } from './sign-in/ethereum/contract-wallet.ts';
export { MemorySingleUse } from './sign-in/memory-single-use.ts';
export { buildMessage, parseMessage, type SignInMessage } from './sign-in/message.ts';
export type { AuthenticationLockout, SingleUse, Sleep } from './sign-in/ports.ts';
export {
  type SignedIn,
  SignIn,
  type SignInContext,
  type SignInFault,
  type SignInOptions,
  type SignInProof,
} from './sign-in/sign-in.ts';
export type { WalletKind, WalletSignature } from './sign-in/wallet-kind.ts';
export { isWalletAccount, verifyWalletMessage } from './sign-in/wallet-message.ts';
export { AccessTokens, type AccessTokensOptions, type Revocations } from './tokens/access-tokens.ts';
export { authenticate, type TokenRequest } from './tokens/authenticate.ts';
export type { AccessClaims } from './tokens/claims.ts';
export { Dpop, type DpopOptions, type DpopRequest } from './tokens/dpop.ts';
export { DpopNonces } from './tokens/dpop-nonces.ts';
export type { DpopFault, TokenFault } from './tokens/fault.ts';
export { issueAccessToken, type TokenSigner } from './tokens/issue.ts';
export { importTokenKey, type TokenAlgorithm, type TokenKey, TokenKeys } from './tokens/keys.ts';
export { MemoryRevocations } from './tokens/memory-revocations.ts';

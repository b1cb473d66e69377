/** Why an OAuth credential is not taken. Clients learn `invalid_token`, `invalid_dpop_proof` or `insufficient_scope`. */
export type OauthErrorCode =
  | 'OAUTH_TOKEN_MALFORMED'
  | 'OAUTH_TOKEN_NOT_GENUINE'
  | 'OAUTH_TOKEN_EXPIRED'
  | 'OAUTH_TOKEN_REVOKED'
  | 'OAUTH_AUDIENCE_WRONG'
  | 'OAUTH_SCHEME_WRONG'
  | 'OAUTH_PERSON_GONE'
  | 'OAUTH_PROOF_MISSING'
  | 'OAUTH_PROOF_INVALID'
  | 'OAUTH_PROOF_REPLAYED'
  | 'OAUTH_CLIENT_METADATA'
  | 'OAUTH_DOCUMENT_REFUSED'
  | 'OAUTH_KEYS_INVALID';

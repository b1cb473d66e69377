export { type DescribeOptions, describeUpstream, type UpstreamDescription } from './describe.ts';
export type { ConfiguredEra } from './era-chooser.ts';
export type { OnUpstreamEvent, UpstreamEvent } from './event.ts';
export { type Resolver, systemResolver } from './http/dialer.ts';
export { type HttpUpstreamOptions, httpUpstream } from './http/http-upstream.ts';
export { type SignInOptions, type SignInStore, UpstreamSignIn } from './oauth/index.ts';
export type {
  Attachment,
  Channel,
  ClientFacts,
  ServerFacts,
  Upstream,
  UpstreamCall,
  UpstreamErrorCode,
  UpstreamReply,
  UpstreamStatus,
} from './port.ts';
export { type BreakerOptions, DEFAULT_BREAKER } from './stdio/breaker.ts';
export type { ChildExit, ChildLike } from './stdio/child.ts';
export { SHARED_PRINCIPAL, type StdioUpstreamOptions, stdioUpstream } from './stdio/stdio-upstream.ts';

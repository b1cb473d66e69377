export { type SignInOptions, UpstreamSignIn } from './sign-in.ts';
export type { SignInStore } from './stored.ts';

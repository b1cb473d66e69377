import { html } from '../html.ts';
import type { Page } from './layout.ts';

export interface SignInFacts {
  readonly clientName: string;
  /** Path of this interaction's endpoints. */
  readonly base: string;
  /** CAIP-2. */
  readonly chains: readonly string[];
}

/** Choose a wallet and sign. The page has no field, so that there is nothing to paste a key into (CM-KEY-1). */
export function signInPage({ clientName, base, chains }: SignInFacts): Page {
  return {
    title: 'Sign in',
    data: { base, chains },
    script: '/oauth/assets/sign-in.js',
    body: html`<h1>Sign in with a wallet</h1>
<p><strong>${clientName}</strong> wants to use tools through this Wardmesh gateway. Sign a message with your wallet to
show who you are; you decide about ${clientName} on the next page.</p>
<p class="warn" id="problem" role="alert"></p>
<div id="wallets" aria-live="polite"><p class="soft" id="none">Looking for wallets in this browser…</p></div>
<button type="button" id="stop" disabled>Cancel</button>
<p class="soft">Signing moves nothing and costs nothing. Wardmesh never asks for a private key or a seed phrase, here or
anywhere.</p>
<noscript><p class="warn">Wallets need JavaScript in this page. It loads scripts of this gateway only.</p></noscript>`,
  };
}

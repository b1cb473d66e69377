import { html } from '../html.ts';
import { SCOPE_TEXTS } from '../scopes.ts';
import type { Page } from './layout.ts';

export interface ConsentFacts {
  readonly clientName: string | undefined;
  readonly clientId: string;
  /** The host that vouches for the name: that of a metadata document; undefined where nobody does. */
  readonly vouchedBy: string | undefined;
  /** Where the answer goes; undefined for a device code. */
  readonly redirectUri: string | undefined;
  readonly person: string;
  readonly resources: readonly { readonly resource: string; readonly scopes: readonly string[] }[];
  readonly base: string;
}

/** Consent: who asks, where the answer goes, what it may do, as whom (SBP1, SBP9, SBP10, A9). */
export function consentPage(facts: ConsentFacts): Page {
  const { clientName, clientId, vouchedBy, redirectUri, person, resources, base } = facts;
  const place = placeOf(redirectUri);
  const scopes = [...new Set(resources.flatMap((each) => each.scopes))];
  return {
    title: 'Allow access',
    data: { base },
    script: '/oauth/assets/consent.js',
    body: html`<h1>Allow ${clientName ?? 'this program'}?</h1>
<dl>
<dt>Program</dt><dd>${clientName ?? clientId}${
      vouchedBy === undefined
        ? html` <span class="soft">(the name is its own word; nobody checked it)</span>`
        : html` <span class="soft">(named by ${vouchedBy})</span>`
    }</dd>
<dt>Answer goes to</dt><dd id="redirect">${place.text}</dd>
<dt>You</dt><dd>${person}</dd>
<dt>For</dt><dd>${resources.map((each) => html`${each.resource}<br>`)}</dd>
</dl>
${place.warning === undefined ? undefined : html`<p class="warn">${place.warning}</p>`}
<p class="warn" id="problem" role="alert"></p>
<fieldset><legend>It may</legend>
${scopes.map((scope) => html`<label><input type="checkbox" name="scope" value="${scope}" checked> <span>${SCOPE_TEXTS[scope] ?? scope}</span></label>`)}
</fieldset>
<p class="soft">What you may do yourself still decides, and calls that need an approval still ask for it.</p>
<button type="button" class="main" id="allow" disabled>Allow</button>
<button type="button" id="stop" disabled>Do not allow</button>`,
  };
}

function placeOf(redirectUri: string | undefined): { readonly text: string; readonly warning?: string } {
  if (redirectUri === undefined) {
    return {
      text: 'the terminal that showed the code',
      warning: 'Allow this only if you started it yourself, in a terminal in front of you.',
    };
  }
  const url = new URL(redirectUri);
  if (url.protocol === 'http:') {
    return {
      text: `a program on this computer (${url.host})`,
      warning: 'Any program on this computer could be the one that asks. Allow this only if you started it yourself.',
    };
  }
  if (url.protocol !== 'https:') {
    return {
      text: `an app on this device (${url.protocol}//${url.host})`,
      warning: 'Another app could have taken this address. Allow this only if you started it yourself.',
    };
  }
  return { text: url.host };
}

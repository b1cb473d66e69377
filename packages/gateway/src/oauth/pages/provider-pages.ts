import type { ServerResponse } from 'node:http';
import type { Client, ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { errors } from 'oidc-provider';
import { Html, html } from '../html.ts';
import { securityHeaders } from '../security-headers.ts';
import { renderPage } from './layout.ts';

/** Pages that the library shows by itself: the device code, and what ends in an error. */
export interface ProviderPages {
  userCodeInput(ctx: KoaContextWithOIDC, form: string, out?: ErrorOut, error?: Error): void;
  userCodeConfirm(ctx: KoaContextWithOIDC, form: string, client: Client, device: object, code: string): void;
  deviceSuccess(ctx: KoaContextWithOIDC): void;
  renderError(ctx: KoaContextWithOIDC, out: ErrorOut, error: Error): void;
}

/** Module that every page with a field loads: it refuses pasted keys. */
export const GUARD_SCRIPT = '/oauth/assets/guard.js';

export function providerPages(makeNonce: () => string): ProviderPages {
  const show = (ctx: KoaContextWithOIDC, title: string, body: Html, script?: string) => {
    const nonce = makeNonce();
    setHeaders(ctx.res, nonce);
    ctx.type = 'html';
    ctx.body = renderPage({ title, body, ...(script !== undefined && { script }) }, nonce);
  };
  return {
    userCodeInput(ctx, form, _out, error) {
      const message =
        error === undefined
          ? undefined
          : error.name === 'AbortedError'
            ? 'The sign-in was stopped.'
            : 'This code is not one that waits. Look at your terminal and try again.';
      show(
        ctx,
        'Sign in a terminal',
        html`<h1>Sign in a terminal</h1>
<p>Enter the code that your terminal shows.</p>
<p class="warn" role="alert">${message}</p>
${withoutHandlers(form)}
<button class="main" type="submit" form="op.deviceInputForm">Continue</button>`,
        GUARD_SCRIPT,
      );
    },
    userCodeConfirm(ctx, form, client, _device, code) {
      show(
        ctx,
        'Confirm the terminal',
        html`<h1>Is this your terminal?</h1>
<p><strong>${client.clientName ?? client.clientId}</strong> must show this code now:</p>
<p><code>${code}</code></p>
<p class="warn">Someone who sent you here with a code wants to sign in as you. Continue only if you started this
yourself, a moment ago, in a terminal in front of you.</p>
${withoutHandlers(form)}
<button class="main" type="submit" form="op.deviceConfirmForm">Continue</button>
<button type="submit" form="op.deviceConfirmForm" name="abort" value="yes">Stop</button>`,
      );
    },
    deviceSuccess(ctx) {
      show(ctx, 'Signed in', html`<h1>Signed in</h1><p>Go back to your terminal. You can close this page.</p>`);
    },
    renderError(ctx, out, error) {
      // Of faults of ours nothing is told but that there was one.
      const isExpired = error instanceof errors.SessionNotFound;
      const text = isExpired
        ? 'This sign-in is over or was started in another browser. Go back to your program and start again.'
        : 'The program that sent you here asked for something that is not allowed. Nothing was shared with it.';
      show(
        ctx,
        'Not signed in',
        html`<h1>Not signed in</h1><p>${text}</p><p class="soft">${out.error}${
          out.error === 'server_error' ? undefined : html`: ${out.error_description}`
        }</p>`,
      );
    },
  };
}

/** The library's own form, without the one inline handler it has. */
function withoutHandlers(form: string): Html {
  return new Html(form.replace(/ on[a-z]+="[^"]*"/g, '').replace('placeholder="Enter code"', 'aria-label="Code"'));
}

function setHeaders(response: ServerResponse, nonce: string): void {
  for (const [name, value] of Object.entries(securityHeaders(nonce))) response.setHeader(name, value);
}

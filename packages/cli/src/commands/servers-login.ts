import { isCoded, toBase64Url } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { cliError } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { Loopback } from '../login/loopback.ts';
import { openBrowser } from '../login/open-browser.ts';
import { note, print } from '../output/print.ts';

/**
 * Signs the gateway in to a server that takes OAuth. The browser comes back here; what it brings goes to the gateway, which
 * alone can redeem it: no token passes through this command.
 */
export async function serversLogin(context: Context, _options: object, id = ''): Promise<ExitCode> {
  const control = controlOf(context);
  const state = toBase64Url(context.random.bytes(32));
  const loopback = await Loopback.open(state);
  try {
    const { url } = await control.beginServerLogin(id, { redirectUri: loopback.redirectUri, state });
    const target = URL.parse(url);
    // What a stranger's server named is opened only where a browser shows it as a page.
    if (target === null || (target.protocol !== 'https:' && target.protocol !== 'http:')) {
      throw cliError('GATEWAY_PROTOCOL', 'the address to sign in at is no web address');
    }
    if (context.json) context.stderr.write(`${JSON.stringify({ event: 'open', url: target.href })}\n`);
    const opened = openBrowser(context, target);
    note(
      context,
      `${opened ? 'Your browser opens; if not, go' : 'Go'} to\n\n  ${target.href}\n\nand allow Wardmesh there, at ${target.host}.`,
    );
    const answer = await loopback.wait().catch((error: unknown) => {
      if (!isCoded(error, 'LOGIN_EXPIRED')) throw error;
      throw cliError('LOGIN_EXPIRED', 'nobody signed in in time', { hint: `Start again: ward servers login ${id}.` });
    });
    const done = await control.finishServerLogin(id, answer.toString());
    print(context, done, [
      `signed in to ${id} at ${done.issuer}`,
      `If its tools are new, review them: ward servers diff ${id}; ward servers pin ${id}`,
    ]);
    return EXIT.ok;
  } finally {
    await loopback.close();
  }
}

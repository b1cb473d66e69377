import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeControl, FakeError } from '../testing/fake-control.ts';
import { TestTerminal } from '../testing/terminal.ts';

const ISSUER = 'https://as.example';
const BEGIN = 'POST /v1/servers/issues/login';
const ANSWER = 'POST /v1/servers/issues/login/answer';

describe('ward servers login', () => {
  let terminal: TestTerminal;
  let control: FakeControl;

  beforeEach(async () => {
    terminal = new TestTerminal();
    control = await FakeControl.start(terminal.home, {});
  });
  afterEach(async () => {
    await control.close();
    terminal.dispose();
  });

  /** Answers the begin of a sign-in, and comes back as the browser does. */
  function browse(changes: Record<string, string> = {}, url = `${ISSUER}/authorize?x=1`) {
    const seen: { status?: number } = {};
    control.routes[BEGIN] = (body: unknown) => {
      const { redirectUri, state } = body as { redirectUri: string; state: string };
      const query = new URLSearchParams({ code: 'a-code', state, iss: ISSUER, ...changes });
      setTimeout(async () => {
        // Where the command gave up, nobody listens any more.
        seen.status = await fetch(`${redirectUri}?${query}`).then(
          ({ status }) => status,
          () => 0,
        );
      }, 10);
      return { url };
    };
    control.routes[ANSWER] = { server: 'issues', issuer: ISSUER };
    return seen;
  }

  it('hands what the browser brought to the gateway, and holds no token itself', async () => {
    const seen = browse();
    const { exit, stdout, stderr } = await terminal.run(['servers', 'login', 'issues']);
    expect([exit, seen.status]).toEqual([0, 200]);
    expect(stdout).toContain(`signed in to issues at ${ISSUER}`);
    expect(stdout).toContain('ward servers pin issues');
    expect(stderr).toContain(`${ISSUER}/authorize?x=1`);
    expect(stderr).toContain('at as.example');
    const [begun, answered] = control.asked;
    const { redirectUri, state } = begun!.body as { redirectUri: string; state: string };
    expect(redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    expect(state).toMatch(/^[\w-]{43}$/);
    const query = new URLSearchParams((answered!.body as { query: string }).query);
    expect(Object.fromEntries(query)).toEqual({ code: 'a-code', state, iss: ISSUER });
    expect(stdout + stderr).not.toContain('a-code');
  });

  it('tells a program where to send its person, and what came of it', async () => {
    browse();
    const { stdout, stderr } = await terminal.run(['servers', 'login', 'issues', '--json']);
    expect(JSON.parse(stdout)).toEqual({ server: 'issues', issuer: ISSUER });
    expect(JSON.parse(stderr)).toEqual({ event: 'open', url: `${ISSUER}/authorize?x=1` });
  });

  it('opens no address that is no web page', async () => {
    browse({}, 'file:///etc/passwd');
    const { exit, stderr } = await terminal.run(['servers', 'login', 'issues', '--json']);
    expect(exit).toBe(1);
    expect(stderr).toContain('GATEWAY_PROTOCOL');
    expect(stderr).not.toContain('"open"');
  });

  it.each([
    ['UPSTREAM_SIGN_IN_REFUSED', 'the answer comes from another authorisation server', 3],
    ['SERVER_UNKNOWN', 'There is no server issues that takes a sign-in.', 1],
  ])('ends with %s of the gateway', async (code, message, expected) => {
    browse();
    control.routes[ANSWER] = new FakeError(400, { code, message });
    const { exit, stderr } = await terminal.run(['servers', 'login', 'issues', '--json']);
    expect(exit).toBe(expected);
    expect(stderr).toContain(message);
  });

  it('signs out', async () => {
    control.routes['POST /v1/servers/issues/logout'] = { server: 'issues', signedOut: true };
    const { exit, stdout } = await terminal.run(['servers', 'logout', 'issues']);
    expect([exit, stdout.trim()]).toEqual([0, 'signed out of issues; its tokens are deleted']);
  });
});

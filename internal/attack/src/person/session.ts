import { createHmac } from 'node:crypto';
import type { Seen } from '../attempt.ts';
import { ask, judge, type PersonAttack, type Target } from './target.ts';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = ({ url, admin }: Target) => ({
  iss: url,
  aud: `${url}/api`,
  sub: admin.id,
  client_id: 'wardmesh-cli',
  scope: 'api',
  sid: 'x',
  sv: 0,
  jti: 'made-up',
  iat: 1_700_000_000,
  exp: 4_000_000_000,
});
const token = (target: Target, header: object, sign: (text: string) => string) => {
  const text = `${encode({ typ: 'at+jwt', ...header })}.${encode(claims(target))}`;
  return `${text}.${sign(text)}`;
};
const asToken = async (target: Target, bearer: string): Promise<Seen> =>
  judge(await ask(target, 'GET', '/api/me', { headers: { authorization: `Bearer ${bearer}` } }));
const attempt = (
  id: string,
  title: string,
  expect: readonly string[],
  run: (target: Target) => Promise<Seen>,
): PersonAttack => ({ id: `person/${id}`, title, expect, run });

const AGENT = { id: 'planted', roles: ['agent'] };
const TOKEN = ['TOKEN_REFUSED', 'NOT_SIGNED_IN', 'LOCKED_OUT'];

export const sessionAttacks: readonly PersonAttack[] = [
  attempt('no-session', 'adds an agent without signing in', ['NOT_SIGNED_IN'], async (target) =>
    judge(await ask(target, 'POST', '/api/agents', { body: AGENT })),
  ),
  attempt('forged-cookie', 'changes one character of an admin’s cookie', ['NOT_SIGNED_IN'], async (target) => {
    const last = target.adminCookie.at(-1) === 'A' ? 'B' : 'A';
    return judge(await ask(target, 'GET', '/api/agents', { cookie: target.adminCookie.slice(0, -1) + last }));
  }),
  attempt('cross-site', 'lets another site’s page send the admin’s cookie', ['CROSS_SITE'], async (target) => {
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    return judge(await ask(target, 'POST', '/api/agents', { cookie: target.adminCookie, headers, body: AGENT }));
  }),
  attempt('form', 'lets a form of another site send it', ['CROSS_SITE'], async (target) => {
    const headers = { 'x-ward-request': '0', 'content-type': 'text/plain' };
    return judge(await ask(target, 'POST', '/api/agents', { cookie: target.adminCookie, headers, body: AGENT }));
  }),
  attempt('rebound', 'reaches the API by another name (DNS rebinding)', ['HOST_REFUSED'], async (target) =>
    judge(await ask(target, 'GET', '/api/agents', { cookie: target.adminCookie, headers: { host: 'evil.example' } })),
  ),
  attempt('framed', 'puts the console into a frame', ['frame-ancestors'], async (target) => {
    const { headers } = await ask(target, 'GET', '/console/');
    const isFramed = !String(headers['content-security-policy'] ?? '').includes("frame-ancestors 'none'");
    return { through: isFramed, observed: isFramed ? 'framed' : 'frame-ancestors' };
  }),
  attempt('no-role', 'reads the agents without a role', ['NOT_PERMITTED'], async (target) =>
    judge(await ask(target, 'GET', '/api/agents', { cookie: target.strangerCookie })),
  ),
  attempt('grants-itself', 'makes itself an admin', ['NOT_PERMITTED'], async (target) => {
    const body = { act: 'grant', subject: target.stranger.id, role: 'admin' };
    return judge(await ask(target, 'POST', '/api/roles/prepare', { cookie: target.strangerCookie, body }));
  }),
  attempt(
    'signs-the-grant',
    'signs the admin’s draft of a grant itself',
    ['IDENTITY_GRANT_REFUSED'],
    async (target) => {
      const draft = { act: 'grant', subject: target.stranger.id, role: 'admin' };
      const { text } = await ask(target, 'POST', '/api/roles/prepare', { cookie: target.adminCookie, body: draft });
      const { draftId, message } = JSON.parse(text) as { draftId: string; message: string };
      const body = { draftId, signature: target.stranger.sign(message) };
      return judge(await ask(target, 'POST', '/api/roles', { cookie: target.adminCookie, body }));
    },
  ),
  attempt('approves', 'approves a call without the right to', ['NOT_PERMITTED'], async (target) => {
    const { id, over } = target.approval;
    const body = {
      keyId: target.stranger.id,
      signature: target.stranger.sign(`wardmesh approval v1\napprove\n${over}`),
    };
    return judge(await ask(target, 'POST', `/api/approvals/${id}/approve`, { cookie: target.strangerCookie, body }));
  }),
  attempt(
    'approves-as-admin',
    'approves in the admin’s session with another key',
    ['APPROVAL_SIGNATURE_NOT_GENUINE'],
    async (target) => {
      const { id, over } = target.approval;
      const body = {
        keyId: target.admin.id,
        signature: target.stranger.sign(`wardmesh approval v1\napprove\n${over}`),
      };
      return judge(await ask(target, 'POST', `/api/approvals/${id}/approve`, { cookie: target.adminCookie, body }));
    },
  ),
  attempt(
    'turns-a-no-into-a-yes',
    'uses a signature over the denial to approve',
    ['APPROVAL_SIGNATURE_NOT_GENUINE'],
    async (target) => {
      const { id, over } = target.approval;
      const body = { keyId: target.admin.id, signature: target.admin.sign(`wardmesh approval v1\ndeny\n${over}`) };
      return judge(await ask(target, 'POST', `/api/approvals/${id}/approve`, { cookie: target.adminCookie, body }));
    },
  ),
  attempt('agent-token', 'uses an agent’s token at the API', TOKEN, (target) => asToken(target, target.agentToken)),
  attempt('alg-none', 'presents a token without a signature', TOKEN, (target) =>
    asToken(
      target,
      token(target, { alg: 'none' }, () => ''),
    ),
  ),
  attempt('alg-confusion', 'signs a token with the public key as an HMAC key', TOKEN, async (target) => {
    const { text } = await ask(target, 'GET', '/oauth/jwks');
    return asToken(
      target,
      token(target, { alg: 'HS256', kid: /"kid":"([^"]+)"/.exec(text)?.[1] ?? 'x' }, (unsigned) =>
        createHmac('sha256', text).update(unsigned).digest('base64url'),
      ),
    );
  }),
  attempt('kid-injection', 'names a key file of its own', TOKEN, (target) =>
    asToken(
      target,
      token(target, { alg: 'EdDSA', kid: '../../../../dev/null', jku: 'https://evil.example/jwks' }, () => 'AAAA'),
    ),
  ),
];

import { verifies } from '@wardmesh/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import { type EgressRig, openEgressRig, SECRET } from '../../test/egress-rig.ts';
import type { EgressRule } from '../profile.ts';

const PUBLIC = '93.184.216.34';
const PLAIN: EgressRule = { host: 'api.test', port: 443 };
const WITH_SECRET: EgressRule = {
  host: 'api.test',
  port: 443,
  secrets: [{ header: 'Authorization', template: `Bearer \${secret}`, ref: 'api' }],
};

let rig: EgressRig | undefined;
afterEach(async () => {
  await rig?.close();
  rig = undefined;
});
async function open(options: Parameters<typeof openEgressRig>[0]): Promise<EgressRig> {
  rig = await openEgressRig({ names: { 'api.test': [PUBLIC] }, ...options });
  return rig;
}

describe('the egress proxy', () => {
  test('opens a tunnel to a granted host and port, at the address it resolved itself', async () => {
    verifies('WM-SBX-2');
    const it = await open({ rules: [PLAIN] });
    expect(await it.tunnel('API.test.:443')).toBe('HTTP/1.1 200 Connection Established');
    expect(it.dialled).toEqual([`${PUBLIC}:443`]);
    expect(it.events).toEqual([{ host: 'api.test', port: 443, outcome: 'open' }]);
  });

  test.each([
    ['another host', 'evil.test:443'],
    ['another port', 'api.test:22'],
    ['a name below a granted one', 'x.api.test:443'],
    ['a name that ends like it', 'evilapi.test:443'],
    ['an address', `${PUBLIC}:443`],
    ['loopback by number', '2130706433:443'],
  ])('refuses a tunnel to %s', async (_name, authority) => {
    const it = await open({ rules: [PLAIN] });
    expect(await it.tunnel(authority)).toBe('HTTP/1.1 403 Refused');
    expect(it.dialled).toEqual([]);
    expect(it.asked).toEqual([]);
  });

  test.each(['no-port', 'user@api.test:443', 'api.test:443/path', 'api.test:'])(
    'refuses %s as nonsense',
    async (target) => {
      const it = await open({ rules: [PLAIN] });
      expect(await it.tunnel(target)).toMatch(/400|closed/);
      expect(it.dialled).toEqual([]);
    },
  );

  test.each([
    '127.0.0.1',
    '10.0.0.1',
    '172.16.5.5',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.100.100.200',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fd00:ec2::254',
    'fe80::1',
    '::ffff:127.0.0.1',
    '::ffff:a00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'ff02::1',
    'not an address',
  ])('refuses a granted name that leads to %s', async (address) => {
    verifies('WM-SBX-2');
    const it = await open({ rules: [PLAIN], names: { 'api.test': [address] } });
    expect(await it.tunnel('api.test:443')).toBe('HTTP/1.1 403 Refused');
    expect((await it.get('http://api.test/')).body).toContain('EGRESS_ADDRESS_REFUSED');
    expect(it.dialled).toEqual([]);
  });

  test('refuses a name with one private address among public ones', async () => {
    const it = await open({ rules: [PLAIN], names: { 'api.test': [PUBLIC, '127.0.0.1'] } });
    expect(await it.tunnel('api.test:443')).toBe('HTTP/1.1 403 Refused');
  });

  test('asks for a name once a connection and goes where it was judged, whatever the name says next', async () => {
    verifies('WM-SBX-2');
    const names = { 'api.test': [PUBLIC] };
    const it = await open({ rules: [PLAIN], names });
    const opened = it.tunnel('api.test:443');
    names['api.test'] = ['127.0.0.1'];
    await opened;
    expect(it.asked).toEqual(['api.test']);
    expect(it.dialled).not.toContain('127.0.0.1:443');
  });

  test('reaches a private address that a rule spells out', async () => {
    const it = await open({ rules: [{ host: '127.0.0.1', port: 8443 }] });
    expect(await it.tunnel('127.0.0.1:8443')).toContain('200');
    expect(it.dialled).toEqual(['127.0.0.1:8443']);
  });

  test('grants names below a suffix, not the suffix and not addresses', async () => {
    const it = await open({ rules: [{ host: '*.api.test', port: 443 }], names: { 'a.b.api.test': [PUBLIC] } });
    expect(await it.tunnel('a.b.api.test:443')).toContain('200');
    expect(await it.tunnel('api.test:443')).toContain('403');
    expect(await it.tunnel('.api.test:443')).toContain('403');
  });
});

describe('a secret of a rule', () => {
  test('is added by the proxy, over TLS, in place of what the client sent', async () => {
    verifies('WM-SBX-2');
    const it = await open({ rules: [WITH_SECRET] });
    const answer = await it.get('http://api.test/v1?q=1', {
      AUTHORIZATION: 'Bearer mine',
      'proxy-authorization': 'x',
      'x-own': '1',
    });
    expect(answer).toMatchObject({ status: 200, body: 'hello' });
    const [seen] = it.seen;
    expect(seen?.headers.authorization).toBe(`Bearer ${SECRET}`);
    expect(seen?.headers).toMatchObject({ host: 'api.test', 'x-own': '1' });
    expect(seen?.headers).not.toHaveProperty('proxy-authorization');
    expect(seen?.url).toBe('/v1?q=1');
  });

  test('is in no event and no answer', async () => {
    const it = await open({ rules: [WITH_SECRET] });
    const answer = await it.get('http://api.test/');
    expect(JSON.stringify([answer, it.events])).not.toContain(SECRET);
  });

  test('does not leave where the certificate is of another name', async () => {
    const it = await open({ rules: [WITH_SECRET], certified: 'other.test' });
    expect((await it.get('http://api.test/')).body).toContain('EGRESS_UPSTREAM_FAILED');
    expect(it.seen).toEqual([]);
  });

  test('that is missing stops the request', async () => {
    const rule = { ...WITH_SECRET, secrets: [{ ...WITH_SECRET.secrets![0]!, ref: 'unknown' }] };
    const it = await open({ rules: [rule] });
    expect((await it.get('http://api.test/')).body).toContain('EGRESS_SECRET_UNAVAILABLE');
    expect(it.seen).toEqual([]);
  });

  test.each([
    ['in the body', (response: import('node:http').ServerResponse) => response.end(`you sent ${SECRET}`)],
    [
      'in a header',
      (response: import('node:http').ServerResponse) => response.setHeader('x-echo', `Bearer ${SECRET}`).end('x'),
    ],
    [
      'in two pieces',
      (response: import('node:http').ServerResponse) => {
        response.write(`a${SECRET.slice(0, 9)}`);
        setTimeout(() => response.end(SECRET.slice(9)), 20);
      },
    ],
    [
      'in an encoding we did not ask for',
      (response: import('node:http').ServerResponse) => response.setHeader('content-encoding', 'gzip').end('x'),
    ],
  ])('does not come back %s', async (_name, echo) => {
    verifies('WM-SBX-2');
    const it = await open({ rules: [WITH_SECRET], answer: (_request, response) => echo(response) });
    const answer = await it.get('http://api.test/').catch((error: Error) => ({ body: error.message, headers: {} }));
    expect(JSON.stringify(answer)).not.toContain(SECRET);
    expect(JSON.stringify(answer)).not.toContain(SECRET.slice(0, 9));
  });

  test.each([
    ['https://evil.test/', 502],
    ['http://api.test:8080/', 502],
    ['//evil.test/x', 502],
    ['/inside', 302],
    ['https://api.test/inside', 302],
  ])('does not follow a redirect out: %s', async (location, status) => {
    const it = await open({
      rules: [WITH_SECRET],
      answer: (_request, response) => response.writeHead(302, { location }).end(),
    });
    expect((await it.get('http://api.test/')).status).toBe(status);
  });
});

describe('a plain request', () => {
  test.each(['https://api.test/', '/relative', 'http://user:pass@api.test/', 'ftp://api.test/'])(
    'to %s is refused',
    async (url) => {
      const it = await open({ rules: [PLAIN] });
      expect((await it.get(url)).status).toBe(400);
      expect(it.dialled).toEqual([]);
    },
  );

  test('with headers over the limit is refused', async () => {
    const it = await open({ rules: [PLAIN] });
    const answer = await it.get('http://api.test/', { x: 'y'.repeat(20_000) }).catch(() => ({ status: 431 }));
    expect(answer.status).toBe(431);
    expect(it.dialled).toEqual([]);
  });
});

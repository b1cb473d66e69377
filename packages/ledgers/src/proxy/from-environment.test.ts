import { describe, expect, it } from 'vitest';
import { proxyFromEnvironment } from './from-environment.ts';

const PROXY = 'http://proxy.test:3128';

describe('proxyFromEnvironment', () => {
  it.each([
    ['wss through HTTPS_PROXY', { HTTPS_PROXY: PROXY }, 'wss://s1.test', 'proxy.test:3128'],
    ['wss not through HTTP_PROXY', { HTTP_PROXY: PROXY }, 'wss://s1.test', undefined],
    ['ws through HTTP_PROXY', { HTTP_PROXY: PROXY }, 'ws://s1.test', 'proxy.test:3128'],
    ['the lower-case name first', { https_proxy: 'http://a:1', HTTPS_PROXY: PROXY }, 'wss://s1.test', 'a:1'],
    ['a proxy without scheme', { HTTPS_PROXY: 'proxy.test:3128' }, 'wss://s1.test', 'proxy.test:3128'],
    ['nothing set', {}, 'wss://s1.test', undefined],
    ['nothing but empty names', { HTTPS_PROXY: '' }, 'wss://s1.test', undefined],
    ['an excepted host', { HTTPS_PROXY: PROXY, NO_PROXY: 'x.test, s1.test' }, 'wss://s1.test', undefined],
    ['a host below an excepted one', { HTTPS_PROXY: PROXY, NO_PROXY: '.test' }, 'wss://s1.test', undefined],
    ['a host that ends like one', { HTTPS_PROXY: PROXY, NO_PROXY: '1.test' }, 'wss://s1.test', 'proxy.test:3128'],
    [
      'another port than the excepted',
      { HTTPS_PROXY: PROXY, NO_PROXY: 's1.test:1' },
      'wss://s1.test',
      'proxy.test:3128',
    ],
    ['the excepted port', { HTTPS_PROXY: PROXY, NO_PROXY: 's1.test:443' }, 'wss://s1.test', undefined],
    ['everything excepted', { HTTPS_PROXY: PROXY, NO_PROXY: '*' }, 'wss://s1.test', undefined],
    ['this machine, by a proxy elsewhere', { HTTP_PROXY: PROXY }, 'ws://127.0.0.1:7450', undefined],
    ['this machine, by a proxy on it', { HTTP_PROXY: 'http://127.0.0.1:9' }, 'ws://127.0.0.1:7450', '127.0.0.1:9'],
  ])('%s', (_what, env, url, expected) => {
    expect(proxyFromEnvironment(env)(new URL(url))?.host).toBe(expected);
  });

  it.each(['https://proxy.test', 'socks5://proxy.test', 'http://'])('refuses the proxy %s', (text) => {
    expect(() => proxyFromEnvironment({ HTTPS_PROXY: text })).toThrow(/a proxy is an http/);
  });
});

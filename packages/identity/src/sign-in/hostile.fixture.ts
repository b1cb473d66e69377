import type { FakeWallet } from './wallets.fixture.ts';

/** A change that makes a good message a hostile one. Each is then signed by the right wallet. */
export type Hostile = readonly [name: string, change: (text: string, wallet: FakeWallet) => string];

const line = (name: string, value: string) => (text: string) =>
  text.replace(new RegExp(`^${name}: .*$`, 'm'), `${name}: ${value}`);
const after = (name: string, extra: string) => (text: string) =>
  text.replace(new RegExp(`^(${name}: .*)$`, 'm'), `$1\n${extra}`);
const swap = (a: string, b: string) => (text: string) => {
  const find = (name: string) => new RegExp(`^${name}: .*$`, 'm').exec(text)![0];
  const [first, second] = [find(a), find(b)];
  return text.replace(first, '\0').replace(second, first).replace('\0', second);
};

/** Characters that look like others, hide, turn the reading direction or fold into others. */
const SPOOFS: readonly Hostile[] = [
  ['Cyrillic a in the domain', (text) => text.replace('ward', 'wаrd')],
  ['Greek omicron in a word', (text) => text.replace('your', 'yοur')],
  ['full-width letters that NFKC folds', (text) => text.replace('ward', 'ｗａｒｄ')],
  ['a full-width full stop in the domain', (text) => text.replace('ward.example', 'ward。example')],
  ['a mathematical letter', (text) => text.replace('Sign in', '𝐒ign in')],
  ['a ligature', (text) => text.replace('Wardmesh', 'Wardmesﬄ')],
  ['a combining accent', (text) => text.replace('ward', 'wárd')],
  ['a decomposed letter', (text) => text.replace('ward', 'wárd')],
  ['a right-to-left override', (text) => text.replace('moves nothing', '\u202Egnihton sevom\u202C')],
  ['a right-to-left isolate', (text) => text.replace('Wardmesh', '\u2067Wardmesh\u2069')],
  ['a right-to-left mark', (text) => text.replace('URI: ', 'URI: \u200F')],
  ['a zero-width space in the domain', (text) => text.replace('ward.', 'ward\u200B.')],
  ['a zero-width joiner in the nonce', (text) => text.replace('Nonce: ', 'Nonce: \u200D')],
  ['a soft hyphen', (text) => text.replace('ward', 'wa\u00ADrd')],
  ['a word joiner', (text) => text.replace('Wardmesh', 'Ward\u2060mesh')],
  ['a byte order mark', (text) => `\uFEFF${text}`],
  ['tag characters', (text) => text.replace('Wardmesh.', 'Wardmesh.\u{E0041}\u{E0042}')],
  ['a variation selector', (text) => text.replace('Wardmesh', 'Wardmesh\uFE0F')],
  ['a no-break space', (text) => text.replace('wants you', 'wants\u00A0you')],
  ['an ideographic space', (text) => text.replace('wants you', 'wants\u3000you')],
  ['a line separator', (text) => text.replace('\n\nURI', '\u2028\u2028URI')],
  ['a next-line control', (text) => text.replace('\n', '\u0085')],
  ['an Arabic digit in the version', line('Version', '١')],
  ['a lone surrogate', (text) => text.replace('Wardmesh', 'Wardmesh\uD800')],
];

const MALFORMED: readonly Hostile[] = [
  ['nothing', () => ''],
  ['one line', (text) => text.split('\n')[0]!],
  ['its first half', (text) => text.slice(0, text.length / 2)],
  ['itself twice', (text) => `${text}\n${text}`],
  ['a line feed at the end', (text) => `${text}\n`],
  ['a space at the end', (text) => `${text} `],
  ['a space at a line’s end', (text) => text.replace('Version: 1', 'Version: 1 ')],
  ['a line feed at the start', (text) => `\n${text}`],
  ['carriage returns', (text) => text.replaceAll('\n', '\r\n')],
  ['a tab', (text) => text.replace('Version: 1', 'Version:\t1')],
  ['a NUL', (text) => text.replace('Wardmesh', 'Wardmesh\0')],
  ['an escape sequence', (text) => text.replace('Wardmesh', '\x1b[8mWardmesh')],
  ['a backspace', (text) => text.replace('Wardmesh', 'Evil\b\b\b\bWardmesh')],
  ['two spaces after a colon', (text) => text.replace('Nonce: ', 'Nonce:  ')],
  ['another case', (text) => text.replace('Nonce: ', 'nonce: ')],
  ['a scheme before the domain', (text) => `https://${text}`],
  ['a user before the domain', (text) => `ward.example@${text}`],
  ['a domain in upper case', (text) => text.replace('ward.example', 'WARD.example')],
  ['a domain with a full stop at its end', (text) => text.replace('ward.example', 'ward.example.')],
  ['a port out of spelling', (text) => text.replace('ward.example ', 'ward.example:0443 ')],
  ['another kind of account', (text) => text.replace(/your \w+ account/, 'your Bitcoin account')],
  ['no statement', (text) => text.replace(/\n\nSign in.*\n\n/, '\n\n\n')],
  ['a statement of two lines', (text) => text.replace('. It', '.\nIt')],
  ['a statement with quotes', (text) => text.replace('Wardmesh.', '"Wardmesh".')],
  ['a statement with markup', (text) => text.replace('Wardmesh.', '<b>Wardmesh</b>.')],
  ['a second URI', after('URI', 'URI: https://evil.example/')],
  ['a second nonce', after('Nonce', 'Nonce: aaaaaaaaaaaaaaaa')],
  ['an unknown field', after('Nonce', 'Amount: 100')],
  ['a Not Before', after('Expiration Time', 'Not Before: 2023-11-14T22:13:20.000Z')],
  ['no nonce', (text) => text.replace(/Nonce: .*\n/, '')],
  ['no expiry', (text) => text.replace(/\nExpiration Time: .*/, '')],
  ['no issue time', (text) => text.replace(/Issued At: .*\n/, '')],
  ['no URI', (text) => text.replace(/URI: .*\n/, '')],
  ['no chain', (text) => text.replace(/Chain ID: .*\n/, '')],
  ['fields out of order', swap('Nonce', 'Chain ID')],
  ['times out of order', swap('Issued At', 'Expiration Time')],
  ['version 2', line('Version', '2')],
  ['a short nonce', line('Nonce', 'abc')],
  ['a nonce with a sign', line('Nonce', 'aaaaaaaa-aaaaaaaa')],
  ['a local time', line('Issued At', '2023-11-14T22:13:20.000+00:00')],
  ['a time without milliseconds', line('Issued At', '2023-11-14T22:13:20Z')],
  ['the 30th of February', line('Expiration Time', '2024-02-30T00:00:00.000Z')],
  ['hour 24', line('Expiration Time', '2023-11-14T24:00:00.000Z')],
  ['a leap second', line('Expiration Time', '2023-11-14T22:59:60.000Z')],
  ['a year of six digits', line('Expiration Time', '+275760-09-13T00:00:00.000Z')],
  ['a script for a URI', line('URI', "javascript:alert('x')<")],
  ['an empty request id', (text) => `${text}\nRequest ID: `],
  ['resources without a dash', (text) => `${text}\nResources:\nhttps://a.example/`],
  ['resources before the request', (text) => `${text}\nResources:\n- https://a.example/\nRequest ID: 1`],
  ['a flood', (text) => text + '\nResources:'.concat('\n- https://a.example/'.repeat(500))],
];

const CHANGED: readonly Hostile[] = [
  ['a chain of another world', line('Chain ID', 'bip122:000000000019d6689c085ae165831e93')],
  ['a domain with a default port', (text) => text.replace('ward.example ', 'ward.example:443 ')],
  ['another domain', (text) => text.replace('ward.example', 'evil.example')],
  ['a subdomain', (text) => text.replace('ward.example', 'x.ward.example')],
  ['a domain that begins alike', (text) => text.replace('ward.example', 'ward.example.evil.example')],
  ['another port', (text) => text.replace('ward.example ', 'ward.example:8443 ')],
  ['a punycode domain', (text) => text.replace('ward.example', 'xn--wrd-5cd.example')],
  ['another URI', line('URI', 'https://evil.example/sign-in')],
  ['another path', line('URI', 'https://ward.example/other')],
  ['another statement', (text) => text.replace('moves nothing', 'moves everything')],
  ['another nonce', line('Nonce', '0'.repeat(64))],
  ['a nonce in upper case', (text) => text.replace(/Nonce: \w+/, (all) => `Nonce: ${all.slice(7).toUpperCase()}`)],
  ['a later expiry', line('Expiration Time', '2033-11-14T22:18:20.000Z')],
  ['an earlier issue', line('Issued At', '2023-11-14T22:13:19.999Z')],
  ['a future issue', line('Issued At', '2033-11-14T22:13:20.000Z')],
  ['a request id', (text) => `${text}\nRequest ID: 1`],
  ['a resource', (text) => `${text}\nResources:\n- https://ward.example/`],
  ['an empty list of resources', (text) => `${text}\nResources:`],
  [
    'another address',
    (text, { address }) =>
      text.replace(
        address,
        address.replace(/.$/, (c) => (c === '1' ? '2' : '1')),
      ),
  ],
  ['the zero address', (text, { address }) => text.replace(address, `0x${'0'.repeat(40)}`)],
  ['an address in lower case', (text, { address }) => text.replace(address, address.toLowerCase())],
  ['an address in upper case', (text, { address }) => text.replace(address, address.toUpperCase())],
  ['an address with a zero before it', (text, { address }) => text.replace(address, `1${address}`)],
  ['an address cut short', (text, { address }) => text.replace(address, address.slice(0, -1))],
  [
    'the test network',
    (text) =>
      text.replace(/Chain ID: .*/, (all) => all.replace(/\d+$|mainnet/, (c) => (c === 'mainnet' ? 'testnet' : '10'))),
  ],
];

/** No text of these is a message at all. */
export const NO_MESSAGE: readonly Hostile[] = [...SPOOFS, ...MALFORMED];
/** Some of these are messages, but none is ours. */
export const HOSTILE: readonly Hostile[] = [...NO_MESSAGE, ...CHANGED];

import { parseFulfillment } from '@wardmesh/wallet';
import { WalletMcpError } from './error.ts';

/**
 * Arguments that hold long hex by their nature, with what makes a value of theirs no raw key. A key is 32, 33 or 64 bytes;
 * the shortest transaction there is has over 33, and every condition or fulfilment begins with its tag.
 */
const HEX_FIELDS: Readonly<Record<string, (hex: string) => boolean>> = {
  unsigned_tx: (hex) => hex.length > 66,
  signed_tx: (hex) => hex.length > 66,
  tx_blob: (hex) => hex.length > 66,
  condition: (hex) => /^A025/i.test(hex),
  fulfillment: (hex) => parseFulfillment(hex).ok,
};

/** Names that promise a secret, whatever they hold. */
const SECRET_NAME =
  /^(seed|seedphrase|mnemonic|secret|secretkey|secretnumbers|privatekey|masterkey|masterseed|familyseed|passphrase|password|entropy)$/;

/** Words of three to eight letters that BIP-39's list does not have and that sentences do. One of them ends a run. */
const NOT_IN_MNEMONICS = new Set(
  'after against agreed and approved are been being bill both but could daily delivery due each escrow fees for from goods has her him his how invoice its ledger monthly most new not orders our out paid pay paying payments per send sent services she should some than thanks the their them these those via wallet was weekly which while who whose why with within would your'.split(
    ' ',
  ),
);

const FAMILY_SEED = /(?<![1-9A-HJ-NP-Za-km-z])s[1-9A-HJ-NP-Za-km-z]{27,30}(?![1-9A-HJ-NP-Za-km-z])/;
const RAW_KEY = /(?<![0-9A-Fa-f])(?:0x)?(?:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{66}|[0-9A-Fa-f]{128})(?![0-9A-Fa-f])/;
const PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** XRPL "secret numbers": eight groups of six digits. */
const SECRET_NUMBERS = /(?<!\d)(?:[A-Ha-h]?[:.\s-]*\d{6}[\s,;-]+){7}[A-Ha-h]?[:.\s-]*\d{6}(?!\d)/;

/**
 * Refuses arguments that look like a key, wherever they stand: no secret passes a tool, so one that is tried is neither
 * read further, kept, nor repeated.
 * @throws WalletMcpError SECRET_REFUSED
 */
export function refuseSecrets(args: unknown): void {
  walk('', args);
}

function walk(name: string, value: unknown): void {
  if (typeof value === 'string') {
    if (isSecret(name, value)) throw refused();
  } else if (Array.isArray(value)) {
    if (isSpelledOut(value)) throw refused();
    for (const item of value) walk(name, item);
  } else if (typeof value === 'object' && value !== null) {
    for (const [member, inner] of Object.entries(value)) {
      if (looksSecret(member)) throw refused();
      if (SECRET_NAME.test(member.toLowerCase().replaceAll(/[-_ ]/g, '')) && holdsSomething(inner)) throw refused();
      walk(member, inner);
    }
  }
}

function isSecret(name: string, text: string): boolean {
  const isPlainHex = /^[0-9A-Fa-f]+$/.test(text);
  if (isPlainHex && Object.hasOwn(HEX_FIELDS, name) && HEX_FIELDS[name]?.(text) === true) return false;
  return looksSecret(text);
}

/** Whether a text holds what has the shape of a private key, a seed, or the words of one. */
export function looksSecret(text: string): boolean {
  return (
    FAMILY_SEED.test(text) ||
    RAW_KEY.test(text) ||
    PEM.test(text) ||
    SECRET_NUMBERS.test(text) ||
    holdsWords(text.split(/[^\p{L}]+/u))
  );
}

/** Twelve words in a row that could be BIP-39's, or RFC 1751's: the two ways a key is spelled. */
function holdsWords(tokens: readonly string[]): boolean {
  let run = 0;
  let short = 0;
  for (const token of tokens) {
    run = /^[a-z]{3,8}$/i.test(token) && !NOT_IN_MNEMONICS.has(token.toLowerCase()) ? run + 1 : 0;
    short = /^[A-Z]{1,4}$/.test(token) ? short + 1 : 0;
    if (run >= 12 || short >= 12) return true;
  }
  return false;
}

function isSpelledOut(items: readonly unknown[]): boolean {
  return (
    items.length >= 12 && holdsWords(items.filter((item) => typeof item === 'string').flatMap((s) => s.split(/\s+/)))
  );
}

function holdsSomething(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function refused(): WalletMcpError {
  return new WalletMcpError('SECRET_REFUSED', 'an argument looks like a seed, a mnemonic or a key; it was not used', {
    hint: 'No secret passes a tool. The operator imports with `ward wallet import`, which asks for the secret itself. If it was a real one, treat it as exposed: move its funds to a new wallet.',
  });
}

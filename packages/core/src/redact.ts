/** Member names whose values never leave: compared without case, dashes and underscores. */
const SECRET_NAMES =
  /^(pass(word|phrase|wd)?|secret|token|accesstoken|refreshtoken|idtoken|apikey|authorization|proxyauthorization|cookie|setcookie|privatekey|secretkey|signingkey|encryptionkey|seed|seedphrase|mnemonic|credentials?|clientsecret|webhooksecret|dpop|dpopproof|xapikey|bearertoken|agenttoken|hmackey|txblob|signedtx|signedtransaction)$/;

/** Shapes that are secret or personal wherever they stand. */
const SECRET_SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\bward_[a-z][a-z0-9-]*_[A-Za-z0-9_-]{20,}/g, // our own tokens
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*/g, // JWT
  /\b(?:sk|pk|rk)[-_](?:live|test|ant|proj)?[-_]?[A-Za-z0-9_-]{16,}/g, // API keys
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g, // GitHub
  /\bAKIA[0-9A-Z]{16}\b/g, // AWS
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/g, // Slack
  /\bs(?:Ed)?[1-9A-HJ-NP-Za-km-z]{27,30}\b/g, // XRPL family seed
  /\bBearer\s+[A-Za-z0-9._~+/=-]{8,}/gi,
  // Credentials in the text of a header, whatever their scheme.
  /(?<=\b(?:proxy-)?authorization["']?\s{0,8}[=:]\s{0,8}["']?)[^\r\n"']{4,}/gi,
  /(?<=\b(?:set-)?cookie["']?\s{0,8}[=:]\s{0,8}["']?)[^\r\n"']{4,}/gi,
  /(?<=\bdpop["']?\s{0,8}[=:]\s{0,8}["']?)[^\s"',;]{4,}/gi,
  /(?<=\b__Host-[a-z]+=)[^\s"',;]+/gi,
  /(?<=[?&](?:code|device_code|(?:access|refresh|id)_token|client_secret)=)[^\s"'&#]+/gi, // OAuth in an address
  // 32, 33 and 64 bytes of hex: a raw key cannot be told from a hash or an address, except where these say what they are.
  /(?<!\bsha256:|\bsui:[a-z]{1,16}:)\b(?:0x)?(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{66}|[0-9a-fA-F]{128})\b/g,
  /(?<=\b[a-z][a-z0-9+.-]*:\/\/)[^\s/:@]*:[^\s/@]+(?=@)/gi, // credentials in a URL
  /(?<=(?<![A-Za-z])(?:pass(?:word|wd|phrase)?|token|secret|api[_-]?key)["']?\s{0,8}[=:]\s{0,8}["']?)[^\s"'&,;]{4,}/gi, // password=… in a text or a query
  /\b(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}\b/g, // IPv4
  /\b(?:[0-9a-fA-F]{1,4}:){4,7}[0-9a-fA-F]{1,4}\b/g, // IPv6
  /(?<![\w:])(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?::(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6})?(?![\w:])/g, // IPv6, zeros left out
];

const MARK = '[redacted]';

function isSecretName(name: string): boolean {
  return SECRET_NAMES.test(name.toLowerCase().replaceAll(/[-_]/g, ''));
}

/** A text without anything that looks like a secret or an IP address (XR-AUD-4). */
export function redactText(text: string): string {
  let clean = text;
  for (const shape of SECRET_SHAPES) clean = clean.replace(shape, MARK);
  return redactMnemonic(clean);
}

/** A run of 12 or more short words is taken for a seed phrase: prose of that length nearly always holds another word. */
function redactMnemonic(text: string): string {
  // BIP-39 words are 3 to 8 letters.
  return text.replace(/\b(?:[a-z]{3,8}[\s,]+){11,23}[a-z]{3,8}\b/gi, MARK);
}

const MNEMONIC_LENGTHS: ReadonlySet<number> = new Set([12, 15, 18, 21, 24]);

function isMnemonicArray(items: readonly unknown[]): boolean {
  return (
    MNEMONIC_LENGTHS.has(items.length) && items.every((word) => typeof word === 'string' && /^[a-z]{3,8}$/i.test(word))
  );
}

/** A copy of a JSON-like value with secrets replaced, by member name and by shape. Cycles become `[cycle]`. */
export function redact(value: unknown, seen: Set<object> = new Set()): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? value.toString() : value;
  if (seen.has(value)) return '[cycle]';
  if (value instanceof Uint8Array) return MARK;
  seen.add(value);
  try {
    if (Array.isArray(value)) return isMnemonicArray(value) ? MARK : value.map((item) => redact(item, seen));
    if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
      return redact((value as { toJSON(): unknown }).toJSON(), seen);
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        redactText(name),
        isSecretName(name) ? MARK : redact(member, seen),
      ]),
    );
  } finally {
    seen.delete(value);
  }
}

/** A shape that secrets have. */
export interface Pattern {
  readonly id: string;
  readonly what: string;
  /** Global; group 1 is the secret where the shape has surroundings. */
  readonly shape: RegExp;
  /** Bits per character that the secret must have at least; leaves out words and placeholders. Default 0. */
  readonly entropy?: number;
}

export const PATTERNS: readonly Pattern[] = [
  {
    id: 'private-key',
    what: 'a PEM private key',
    shape: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*([A-Za-z0-9+/=\s\\n]{40,})/g,
  },
  { id: 'ward-token', what: 'a token of Wardmesh', shape: /\bward_[a-z]+_[A-Za-z0-9_-]{43}\b/g, entropy: 4 },
  { id: 'aws-key', what: 'an AWS access key id', shape: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, entropy: 3 },
  {
    id: 'github-token',
    what: 'a GitHub token',
    shape: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b/g,
  },
  { id: 'npm-token', what: 'an npm token', shape: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { id: 'npm-auth', what: 'a registry credential', shape: /_auth(?:Token)?\s*=\s*([^\s$]{8,})/g },
  { id: 'slack-token', what: 'a Slack token', shape: /\bxox[abprs]-[0-9A-Za-z-]{24,}/g },
  { id: 'stripe-key', what: 'a Stripe key', shape: /\b[rs]k_live_[0-9A-Za-z]{24,}/g },
  { id: 'llm-key', what: 'a key of a model provider', shape: /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}/g, entropy: 3.5 },
  { id: 'google-key', what: 'a Google API key', shape: /\bAIza[0-9A-Za-z_-]{35}\b/g },
  { id: 'jwt', what: 'a signed JWT', shape: /\beyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{40,}/g },
  {
    id: 'xrpl-seed',
    what: 'an XRPL seed',
    shape: /(?<![A-Za-z0-9])s(?:Ed[1-9A-HJ-NP-Za-km-z]{28}|[1-9A-HJ-NP-Za-km-z]{28})(?![A-Za-z0-9])/g,
    entropy: 3.8,
  },
  {
    id: 'url-password',
    what: 'a password in a URL',
    shape:
      /\b[a-z][a-z0-9+]*:\/\/[^\s/:@'"`$<{]+:([^\s/@'"`$<{]{6,})@(?![a-z0-9.-]*\b(?:example|test|invalid|localhost)\b)/g,
    entropy: 2.5,
  },
  {
    id: 'assigned-secret',
    what: 'a secret assigned to a name',
    shape:
      /(?:passw(?:or)?d|passphrase|secret|token|api_?key|private_?key|credential)s?["']?\s*[:=]\s*["'`]([A-Za-z0-9+/_=.-]{20,})["'`]/gi,
    entropy: 4,
  },
];

/** Shannon entropy of a text, bits per character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

/**
 * Headers of everything the authorisation server answers: never framed, sniffed, cached or referred to; scripts and
 * styles only with the nonce of this very answer, nothing from elsewhere, nothing inline.
 * @param nonce of a page; without one nothing runs at all
 */
export function securityHeaders(nonce?: string): Readonly<Record<string, string>> {
  const own = nonce === undefined ? "'none'" : `'nonce-${nonce}'`;
  return {
    'content-security-policy': [
      "default-src 'none'",
      `script-src ${own}`,
      `style-src ${own}`,
      "connect-src 'self'",
      'img-src data:',
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'cross-origin-opener-policy': 'same-origin-allow-popups',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  };
}

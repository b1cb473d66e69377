const HEX_KEY = /(?:^|[^0-9a-f])(?:0x)?[0-9a-f]{64}(?:$|[^0-9a-f])/i;
const XRPL_SEED = /(?:^|\s)s(?:Ed)?[1-9A-HJ-NP-Za-km-z]{27,30}(?:$|\s)/;
/** A Solana key pair: 64 bytes in base58, or as a list of numbers. */
const BASE58_KEY = /(?:^|\s)[1-9A-HJ-NP-Za-km-z]{86,90}(?:$|\s)/;
const NUMBER_LIST = /\[\s*(?:\d{1,3}\s*,\s*){31,}\d{1,3}\s*\]/;
const PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const WORD_COUNTS = new Set([12, 15, 18, 21, 24]);

/** Whether a text looks like a private key or a seed phrase. Hashes in hex look like keys and are refused too (CM-KEY-1). */
export function looksLikeSecret(text: string): boolean {
  if (HEX_KEY.test(text) || XRPL_SEED.test(text) || BASE58_KEY.test(text) || NUMBER_LIST.test(text) || PEM.test(text)) {
    return true;
  }
  // BIP-39 words have 3 to 8 lower-case letters in every language we could tell from prose.
  const words = text
    .trim()
    .toLowerCase()
    .split(/[\s,]+/);
  return WORD_COUNTS.has(words.length) && words.every((word) => /^\p{Ll}{3,8}$/u.test(word));
}

/**
 * Refuses what looks like a key in any field of the page: pasted, dropped or typed. It is taken out of the field before any
 * other code sees the event, and never leaves the page. Fields that search by hash say so with `data-accepts-hash`.
 */
export function guardAgainstSecrets(page: Document): void {
  const refuse = (event: Event, text: string) => {
    const field = event.target instanceof HTMLElement ? event.target : undefined;
    const isHash = field?.dataset.acceptsHash !== undefined && /^\s*(?:sha256:)?[0-9a-f]{64}\s*$/i.test(text);
    if (isHash || !looksLikeSecret(text)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) clear(field);
    page.dispatchEvent(new CustomEvent('ward:secret-refused'));
  };
  page.addEventListener('paste', (event) => refuse(event, event.clipboardData?.getData('text') ?? ''), true);
  page.addEventListener('drop', (event) => refuse(event, event.dataTransfer?.getData('text') ?? ''), true);
  page.addEventListener(
    'input',
    ((event: InputEvent) => {
      const field = event.target;
      if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) refuse(event, field.value);
    }) as EventListener,
    true,
  );
}

function clear(field: HTMLInputElement | HTMLTextAreaElement): void {
  const prototype = field instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype;
  // Past React's own setter, then told to React, so that its state holds nothing of it either.
  Object.getOwnPropertyDescriptor(prototype, 'value')!.set!.call(field, '');
  queueMicrotask(() => field.dispatchEvent(new Event('input', { bubbles: true })));
}

// Refuses keys and seed phrases in any field of the page: they never stay in it and never leave it (CM-KEY-1).

const PATTERNS = [
  // Seed phrases: 12 to 24 words of 3 to 8 letters, as BIP-39 lists have in all languages with Latin letters.
  /^(?:\s*(?:\d{1,2}[.:)]?\s*)?[a-z]{3,8}[\s,;]+){11,23}(?:\d{1,2}[.:)]?\s*)?[a-z]{3,8}\s*$/i,
  // 32 or 64 bytes as hex.
  /^\s*(?:0x)?(?:[0-9a-f]{64}|[0-9a-f]{128})\s*$/i,
  // Solana secret keys, base58 or as a list of bytes.
  /^\s*[1-9A-HJ-NP-Za-km-z]{86,88}\s*$/,
  /^\s*\[\s*\d{1,3}(?:\s*,\s*\d{1,3}){31,63}\s*\]\s*$/,
  // XRPL seeds, Sui private keys, Bitcoin's wallet import format, PEM.
  /^\s*s(?:Ed)?[1-9A-HJ-NP-Za-km-z]{27,30}\s*$/,
  /suiprivkey1[02-9ac-hj-np-z]{20,}/i,
  /^\s*[5KL][1-9A-HJ-NP-Za-km-z]{50,51}\s*$/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
];

/** Whether a text looks like a private key or a seed phrase. */
export function looksSecret(text) {
  return PATTERNS.some((pattern) => pattern.test(text));
}

const WARNING =
  'That looks like a private key or a seed phrase. It was removed and not sent. Nobody here will ever ask for it; whoever does wants your funds.';

function warn() {
  let box = document.getElementById('guard');
  if (box === null) {
    box = document.createElement('p');
    box.id = 'guard';
    box.className = 'warn';
    box.setAttribute('role', 'alert');
    document.querySelector('main')?.prepend(box);
  }
  box.textContent = WARNING;
}

/** Watches every field there is or will be. */
export function guardFields(root) {
  const stop = (event, text) => {
    if (!looksSecret(text)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    warn();
  };
  root.addEventListener('paste', (event) => stop(event, event.clipboardData?.getData('text') ?? ''), true);
  root.addEventListener('drop', (event) => stop(event, event.dataTransfer?.getData('text') ?? ''), true);
  root.addEventListener(
    'input',
    (event) => {
      const field = event.target;
      if (typeof field?.value !== 'string' || !looksSecret(field.value)) return;
      field.value = '';
      warn();
    },
    true,
  );
  root.addEventListener(
    'submit',
    (event) => {
      for (const field of event.target.elements ?? []) stop(event, String(field.value ?? ''));
    },
    true,
  );
}

if (typeof document !== 'undefined') guardFields(document);

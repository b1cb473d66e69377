import { wordlist } from '@scure/bip39/wordlists/english.js';

const SPACE = 0x20;

/** Index of a word of the English list (BIP-39), found over its bytes, either case; -1 where it is not in it. */
export function indexOfWord(word: Uint8Array): number {
  let low = 0;
  let high = wordlist.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = compare(word, wordlist[middle]!);
    if (order === 0) return middle;
    if (order < 0) high = middle - 1;
    else low = middle + 1;
  }
  return -1;
}

/** Letters of a word of the list. */
export function wordAt(index: number): string {
  return wordlist[index]!;
}

function compare(word: Uint8Array, listed: string): number {
  for (let i = 0; i < word.length && i < listed.length; i++) {
    const order = lower(word[i]!) - listed.charCodeAt(i);
    if (order !== 0) return order;
  }
  return word.length - listed.length;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

/** Where each word of a text begins and ends. Words are parted by white space of ASCII. */
export function wordBounds(text: Uint8Array): readonly (readonly [number, number])[] {
  const bounds: [number, number][] = [];
  let start = -1;
  for (let i = 0; i <= text.length; i++) {
    const isSpace = i === text.length || text[i] === SPACE || (text[i]! >= 0x09 && text[i]! <= 0x0d);
    if (!isSpace && start < 0) start = i;
    if (isSpace && start >= 0) {
      bounds.push([start, i]);
      start = -1;
    }
  }
  return bounds;
}

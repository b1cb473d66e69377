import { hash } from 'node:crypto';

/**
 * What lockout counts failures by: where they come from and whom they claim to be. Both are the caller's to choose, so
 * both are folded: a table of lockouts filled with made-up names would lock out everybody (it fails closed). Addresses of
 * this machine are one, those of an IPv6 network (/64) are one, and names share 2^14 places, those of real agents too:
 * a separate place for these would tell strangers which names exist (XR-ERR-2).
 */
export function lockIdOf(remoteAddress: string, claimed: string): string {
  const place = hash('sha256', claimed, 'buffer').readUInt16BE(0) >> 2;
  return `${networkOf(remoteAddress)}|${place.toString(16)}`;
}

/** Where an address belongs to, as far as its owner can choose it. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (plain === '::1' || plain.startsWith('127.')) return 'local';
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.split('%')[0]!.toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...new Array<string>(zeros).fill('0'), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

import { isIPv4, isIPv6 } from 'node:net';
import { concatBytes, utf8 } from '@wardmesh/core';

/** One DER element (X.690 §8.1) of a tag and content shorter than 64 KiB. */
function element(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  if (length < 0x80) return concatBytes(Uint8Array.of(tag, length), content);
  if (length < 0x100) return concatBytes(Uint8Array.of(tag, 0x81, length), content);
  return concatBytes(Uint8Array.of(tag, 0x82, length >> 8, length & 0xff), content);
}

/**
 * NameConstraints (RFC 5280 §4.2.1.10) that permit these host names and addresses and nothing else of either kind.
 * `@peculiar/x509` has no class for this extension.
 */
export function nameConstraints(hosts: readonly string[]): Uint8Array {
  return element(0x30, element(0xa0, concatBytes(...hosts.map(subtree))));
}

/** GeneralSubtree of one name or address; `minimum` is zero and so left out. */
export function subtree(host: string): Uint8Array {
  return element(0x30, generalName(host));
}

function generalName(host: string): Uint8Array {
  const address = addressBytes(host);
  if (address === undefined) return element(0x82, utf8(host));
  return element(0x87, concatBytes(address, new Uint8Array(address.length).fill(0xff)));
}

/** Four or sixteen bytes of an IP address; undefined for a name. */
export function addressBytes(host: string): Uint8Array | undefined {
  if (isIPv4(host)) return Uint8Array.from(host.split('.'), Number);
  if (!isIPv6(host)) return undefined;
  // The URL parser writes the embedded IPv4 form as hex groups, so that only groups and one `::` are left.
  const [head = '', tail] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string | undefined) => (text ? text.split(':').map((group) => Number.parseInt(group, 16)) : []);
  const first = groups(head);
  const last = groups(tail);
  const all = [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

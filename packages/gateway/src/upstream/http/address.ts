import { BlockList, isIP } from 'node:net';

export type AddressKind = 'public' | 'loopback' | 'private' | 'metadata';

function blocks(...ranges: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of ranges) list.addSubnet(net, prefix, net.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}

const LOOPBACK = blocks(['127.0.0.0', 8], ['::1', 128]);
/** Link-local: where clouds keep their credential services (169.254.169.254, 169.254.170.2, fd00:ec2::254). */
const METADATA = blocks(['169.254.0.0', 16], ['fe80::', 10], ['fd00:ec2::254', 128], ['100.100.100.200', 32]);
/** Everything that is no public unicast address (IANA special-purpose registries, RFC 6890). */
const PRIVATE = blocks(
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['ff00::', 8],
);

/** IPv4 inside IPv6 (mapped, NAT64, 6to4) reaches an IPv4 host, so the inner address decides. */
const EMBEDDING = blocks(['64:ff9b::', 96], ['2002::', 16], ['::', 96]);

/** What kind of place an IP address is. An address inside another family's transition range is taken for private. */
export function classifyAddress(address: string): AddressKind {
  const family = isIP(address);
  if (family === 0) return 'private';
  const type = family === 4 ? 'ipv4' : 'ipv6';
  // BlockList matches IPv4-mapped IPv6 addresses against its IPv4 ranges by itself.
  if (METADATA.check(address, type)) return 'metadata';
  if (LOOPBACK.check(address, type)) return 'loopback';
  if (PRIVATE.check(address, type)) return 'private';
  return family === 6 && EMBEDDING.check(address, 'ipv6') ? 'private' : 'public';
}

/** Host of a URL without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
}

/** Whether a host's text itself says loopback: an address, or `localhost` (RFC 6761 §6.3). */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || classifyAddress(host) === 'loopback';
}

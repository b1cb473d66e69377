import type { Json } from '@wardmesh/core';
import type { CheckFaultCode, ToolCheck } from './check.ts';

/** An https URL without user name, password or literal address: names are resolved by the egress proxy (WM-SBX-2). */
export const httpsUri: ToolCheck = {
  name: 'https-uri',
  layer: 'business',
  check(value: Json): CheckFaultCode | undefined {
    if (typeof value !== 'string') return 'BUSINESS_NOT_TEXT';
    const url = URL.parse(value);
    if (url === null || url.protocol !== 'https:') return 'BUSINESS_URI_INVALID';
    if (url.username !== '' || url.password !== '') return 'BUSINESS_URI_INVALID';
    return isName(url.hostname) ? undefined : 'BUSINESS_HOST_INVALID';
  },
};

/** Any absolute URI whose scheme runs no code in a client. */
export const uri: ToolCheck = {
  name: 'uri',
  layer: 'business',
  check(value: Json): CheckFaultCode | undefined {
    if (typeof value !== 'string') return 'BUSINESS_NOT_TEXT';
    const url = URL.parse(value);
    if (url === null || /^(?:javascript|data|vbscript|blob):$/.test(url.protocol)) return 'BUSINESS_URI_INVALID';
    return undefined;
  },
};

/** URL has turned every spelling of an IPv4 address into dotted decimal, so the last label tells. */
function isName(host: string): boolean {
  return (
    !host.startsWith('[') &&
    !/(?:^|\.)\d+$/.test(host) &&
    host.includes('.') &&
    !/\.(?:local|internal|localhost)$/.test(host)
  );
}

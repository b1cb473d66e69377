import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What the Authorization header of Signature Version 4 says. */
export interface SignedBy {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;

/** Checks a request as the service does (Signature Version 4); undefined where it is not signed with this secret. */
export function verifySignature(
  request: { readonly method: string; readonly path: string; readonly headers: IncomingHttpHeaders },
  body: Buffer,
  secretOf: (accessKeyId: string) => string | undefined,
): SignedBy | undefined {
  const match = FORM.exec(request.headers.authorization ?? '');
  if (match === null) return undefined;
  const [, accessKeyId, day, region, service, names, signature] = match as unknown as string[];
  const secret = secretOf(accessKeyId!);
  const time = String(request.headers['x-amz-date']);
  if (secret === undefined || !time.startsWith(day!) || !names!.split(';').includes('host')) return undefined;
  const headers = names!
    .split(';')
    .map((name) => `${name}:${String(request.headers[name]).trim().replace(/ +/g, ' ')}\n`)
    .join('');
  const canonical = [request.method, request.path, '', headers, names, sha256(body)].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const key = [day!, region!, service!, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const expected = hmac(key, text).toString('hex');
  return expected === signature ? { accessKeyId: accessKeyId!, region: region!, service: service! } : undefined;
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

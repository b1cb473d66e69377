import { request } from 'node:http';
import { isIP, connect as netConnect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';

export interface TunnelOptions {
  readonly timeoutMs: number;
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string;
}

/**
 * A connection to a WebSocket URL through an HTTP proxy: CONNECT (RFC 9110 §9.3.6), and TLS inside it for wss, so that
 * the proxy sees a host, a port and nothing else. @throws Error that names the proxy's status
 */
export function openTunnel(proxy: URL, target: URL, options: TunnelOptions): Promise<Socket> {
  return connectThrough(proxy, target, options.timeoutMs).then((socket) => {
    if (target.protocol === 'ws:') return socket;
    const host = bare(target.hostname);
    return tlsConnect({
      socket,
      host,
      ...(isIP(host) === 0 && { servername: host }),
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      ...(options.ca !== undefined && { ca: options.ca }),
    });
  });
}

function connectThrough(proxy: URL, target: URL, timeoutMs: number): Promise<Socket> {
  const port = target.port === '' ? (target.protocol === 'wss:' ? 443 : 80) : Number(target.port);
  const authority = `${target.hostname}:${port}`;
  return new Promise((resolve, reject) => {
    const asking = request({
      method: 'CONNECT',
      host: bare(proxy.hostname),
      port: proxy.port === '' ? 80 : Number(proxy.port),
      path: authority,
      headers: { host: authority, ...credentials(proxy) },
      timeout: timeoutMs,
      // Without an agent: one that reads the environment itself would put a tunnel into the tunnel.
      createConnection: (to) => netConnect({ host: String(to.host), port: Number(to.port) }),
    });
    asking.once('timeout', () => asking.destroy(new Error('the proxy does not answer')));
    asking.once('error', reject);
    asking.once('response', ({ statusCode }) => {
      reject(new Error(`the proxy answered ${statusCode}`));
      asking.destroy();
    });
    asking.once('connect', ({ statusCode }, socket: Socket, head: Buffer) => {
      if (statusCode !== 200) {
        socket.destroy();
        reject(new Error(`the proxy answered ${statusCode}`));
        return;
      }
      socket.setTimeout(0);
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    asking.end();
  });
}

function credentials({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` };
}

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

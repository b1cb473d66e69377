import { type GatewayUnderTest, GENEROUS_LIMITS, scriptServer, startGateway } from '@wardmesh/testkit/gateway';
import { CPU_UNDER_TEST } from './limits.ts';
import { ECHO_STDIO } from './peers.ts';
import type { LoadTarget } from './raw-load.ts';

/** A gateway with everything on, in front of both echo servers. */
export interface GatewaySubject {
  readonly gateway: GatewayUnderTest;
  readonly http: LoadTarget;
  readonly stdio: LoadTarget;
  stop(): Promise<void>;
}

/**
 * Starts it. Limits are out of the way, since a refused call costs less than one that is carried out; TLS, tokens,
 * schemas, Cedar, screening and the durable log are as shipped.
 * @param upstream the HTTP echo server
 */
export async function startGatewaySubject(upstream: string): Promise<GatewaySubject> {
  const labels: string[] = [];
  const gateway = await startGateway({
    servers: {
      http: { url: upstream, insecureLoopback: true, pins: 'trust-on-first-use', labels },
      stdio: scriptServer(ECHO_STDIO, [], { labels }),
    },
    overrides: { limits: GENEROUS_LIMITS },
    env: { WARD_TRACE_LAYERS: '1' },
    cpu: CPU_UNDER_TEST,
  });
  const target = (server: string): LoadTarget => ({
    url: `${gateway.url}/servers/${server}/mcp`,
    ca: gateway.ca,
    token: gateway.token,
  });
  return { gateway, http: target('http'), stdio: target('stdio'), stop: () => gateway.stop() };
}

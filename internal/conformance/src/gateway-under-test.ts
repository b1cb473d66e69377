import { type GatewayUnderTest, GENEROUS_LIMITS, startGateway } from '@wardmesh/testkit/gateway';

/** The name under which the fixture stands in `ward.yaml`. */
export const FIXTURE_SERVER = 'fixture';

/**
 * Starts a gateway whose only upstream is the bare fixture, configured so that nothing but the protocol decides: every
 * tool allowed, limits far above what the suite sends.
 * @param fixtureUrl the bare fixture's endpoint
 * @param origin the suite's own origin, which it sends as a well-behaved local page would
 * @throws CodedError TESTKIT_NO_GATEWAY where the checkout has none
 */
export function startGatewayUnderTest(fixtureUrl: string, origin: string): Promise<GatewayUnderTest> {
  return startGateway({
    servers: {
      [FIXTURE_SERVER]: {
        url: fixtureUrl,
        transport: 'streamable-http',
        insecureLoopback: true,
        asks: ['sampling', 'elicitation', 'roots'],
        pins: 'trust-on-first-use',
        labels: [],
      },
    },
    overrides: { limits: GENEROUS_LIMITS, listen: { host: '127.0.0.1', port: 0, allowedOrigins: [origin] } },
  });
}

/** Per-server endpoint of a gateway. */
export function endpoint(gateway: { readonly url: string }): string {
  return `${gateway.url}/servers/${FIXTURE_SERVER}/mcp`;
}

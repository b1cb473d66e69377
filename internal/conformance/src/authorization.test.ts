import { verifies } from '@wardmesh/testkit';
import { expect, it } from 'vitest';
import { runAuthorizationSuite } from './authorization.ts';
import { startGatewayUnderTest } from './gateway-under-test.ts';

it('the official suite passes every scenario for authorisation servers, signing in with a wallet', async () => {
  verifies('WM-GW-2');
  const gateway = await startGatewayUnderTest('http://127.0.0.1:9/mcp', 'http://localhost:9');
  try {
    const result = await runAuthorizationSuite(gateway);
    expect(Object.fromEntries([...result].map(([name, checks]) => [name, checks.map(({ status }) => status)]))).toEqual(
      {
        'authorization-code-grant': ['SUCCESS'],
        'authorization-server-metadata-endpoint': ['SUCCESS', 'SUCCESS'],
      },
    );
  } finally {
    await gateway.stop();
  }
}, 120_000);

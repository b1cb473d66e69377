import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OURSELVES, Relay } from '../src/front/relay.ts';
import { TestGateway } from './harness.ts';

describe('what a server says beside its answers', () => {
  verifies('CM-CONN-2');
  let t: TestGateway;
  beforeAll(async () => {
    t = await TestGateway.start();
    await t.initialize();
  });
  afterAll(() => t.stop());

  const relay = () => new Relay(t.gateway.services);
  const session = () => t.gateway.sessions.all().find((one) => one.principal.id === 'local')!;
  const changed = (what: string) => ({ jsonrpc: '2.0' as const, method: `notifications/${what}/list_changed` });

  it('passes on what the server declared', () => {
    expect(relay().notification(session(), 't', changed('tools'))).toEqual(changed('tools'));
  });

  it('drops what it never declared', () => {
    const message = { jsonrpc: '2.0' as const, method: 'notifications/message', params: { level: 'info', data: 'x' } };
    expect(relay().notification(session(), 't', message)).toBeUndefined();
  });

  it('drops words of a server that is not attached, and attaches nothing for them', () => {
    expect(relay().notification(session(), 'nobody', changed('tools'))).toBeUndefined();
    expect(session().factsOf('nobody')).toBeUndefined();
  });

  it('lets the gateway itself tell of changes', () => {
    expect(relay().notification(session(), OURSELVES, changed('tools'))).toEqual(changed('tools'));
  });
});

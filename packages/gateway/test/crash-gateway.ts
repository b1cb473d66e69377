// Runs a gateway on the home in argv[2] until it is killed, and prints its address, its certificate and its pid.
import { startGateway } from '../src/gateway.ts';
import { operatorLog } from '../src/telemetry/operator-log.ts';

const gateway = await startGateway({
  home: process.argv[2]!,
  port: 0,
  log: operatorLog({ nodeId: 'crash', level: 'silent' }),
});
process.stdout.write(`${JSON.stringify({ url: gateway.url, ca: gateway.tls?.caPem })}\n`);

// Runs inside the sandbox: carries TCP connections of its own loopback to the egress proxy's Unix socket. It decides
// nothing and holds no secret. Arguments: socket path, port. Writes one byte to its standard output and closes that once
// it listens; the launch script waits for it.
import { closeSync, openSync, writeSync } from 'node:fs';
import { connect, createServer } from 'node:net';

const [socketPath, port] = process.argv.slice(2);

const server = createServer({ allowHalfOpen: true }, (client) => {
  const proxy = connect({ path: socketPath, allowHalfOpen: true });
  const end = () => {
    client.destroy();
    proxy.destroy();
  };
  client.on('error', end);
  proxy.on('error', end);
  client.pipe(proxy);
  proxy.pipe(client);
});
server.listen(Number(port), '127.0.0.1', () => {
  writeSync(1, 'r');
  closeSync(1);
  openSync('/dev/null', 'w');
});

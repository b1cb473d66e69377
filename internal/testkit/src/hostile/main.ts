/**
 * One hostile server as a command.
 *
 *     node internal/testkit/src/hostile/main.ts ID [MARKER]      # a stdio server of `stdio-servers.ts`, or `honest`
 */
import { play } from './script.ts';
import { stdioServers } from './stdio-servers.ts';

const [id, marker = ''] = process.argv.slice(2);
const HONEST = { id: 'honest', script: {} };
const server = [HONEST, ...stdioServers].find((known) => known.id === id);
if (server) {
  play(server.script, marker);
} else {
  process.stderr.write(`unknown hostile server; one of:\n${stdioServers.map((known) => `  ${known.id}`).join('\n')}\n`);
  process.exitCode = 2;
}

/**
 * One hostile server as a command.
 *
 *     node internal/testkit/src/hostile/main.ts ID [MARKER]      # a stdio server of `stdio-servers.ts`, or `honest`
 */
import { play, type Script } from './script.ts';
import { stdioServers } from './stdio-servers.ts';

const [id, marker = ''] = process.argv.slice(2);
/** What a hostile client goes for: it answers with its `text`, and never to `hold`. */
const HONEST: { id: string; script: Script } = {
  id: 'honest',
  script: {
    call({ id, params }, out) {
      const { text = '' } = (params.arguments ?? {}) as { text?: string };
      if (text !== 'hold') out.text(id, text);
    },
  },
};
const server = [HONEST, ...stdioServers].find((known) => known.id === id);
if (server) {
  play(server.script, marker);
} else {
  process.stderr.write(`unknown hostile server; one of:\n${stdioServers.map((known) => `  ${known.id}`).join('\n')}\n`);
  process.exitCode = 2;
}

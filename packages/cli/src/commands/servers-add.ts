import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { utf8 } from '@wardmesh/core';
import { formatProblem, parseConfig } from '@wardmesh/gateway/config';
import { isMap, parseDocument } from 'yaml';
import type { Context } from '../context.ts';
import { cliError, usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { assertHome } from '../home-paths.ts';
import { writeFileSecure } from '../operator/private-file.ts';
import { print } from '../output/print.ts';

interface Options {
  readonly package?: string;
  readonly url?: string;
  readonly read?: readonly string[];
  readonly write?: readonly string[];
}

export async function serversAdd(context: Context, options: Options, id = '', ...command: string[]): Promise<ExitCode> {
  const paths = assertHome(context.home);
  const server = settings(context, options, command);
  const document = parseDocument(readFileSync(paths.config, 'utf8'), { prettyErrors: false });
  if (!parseConfig(String(document), paths.config).ok) {
    throw cliError('INPUT_INVALID', `${paths.config} is not valid as it stands`, {
      hint: 'Correct it first: ward up says where.',
    });
  }
  if (document.hasIn(['servers', id]))
    throw usage(`ward.yaml has a server ${id} already`, 'Edit it there, or choose another id.');
  if (!isMap(document.get('servers'))) document.set('servers', document.createNode({}));
  document.setIn(['servers', id], document.createNode(server));
  const text = document.toString({ lineWidth: 0 });
  const checked = parseConfig(text, paths.config);
  if (!checked.ok) {
    const own = checked.error.map((problem) => formatProblem(problem).replace(/^\d+:\d+: /, ''));
    throw usage(own.join('; '));
  }
  await writeFileSecure(paths.config, utf8(text));
  print(context, { id, server, config: paths.config }, [
    `added ${id} to ${paths.config}`,
    `A running gateway takes it up by itself. Then review its tools: ward servers diff ${id}; ward servers pin ${id}`,
  ]);
  return EXIT.ok;
}

function settings(context: Context, options: Options, command: readonly string[]): Record<string, unknown> {
  const ways = [
    options.url !== undefined,
    options.package !== undefined,
    command.length > 0 && options.package === undefined,
  ];
  if (ways.filter(Boolean).length !== 1) {
    throw usage(
      'name a command after --, or --package, or --url',
      'For example: ward servers add notes -- node notes-server.js',
    );
  }
  if (options.url !== undefined) return { url: options.url };
  const paths = (list: readonly string[] | undefined) => list?.map((path) => fromHome(context, path));
  const read = paths(options.read);
  const write = paths(options.write);
  return {
    ...(options.package === undefined
      ? { command: command[0], args: command.slice(1) }
      : { package: options.package, args: command }),
    ...(read !== undefined && { read }),
    ...(write !== undefined && { write }),
  };
}

/** Typed relative to the current folder, written relative to the home where it lies inside it. */
function fromHome(context: Context, path: string): string {
  const whole = resolve(context.cwd, path);
  if (!existsSync(whole))
    throw usage(`${path} does not exist`, 'What is granted must be there when the server starts: make it first.');
  const inside = relative(context.home, whole);
  return inside.startsWith('..') ? whole : inside || '.';
}

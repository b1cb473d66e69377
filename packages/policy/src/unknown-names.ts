import type { ArgumentType } from './arguments.ts';
import type { Catalogue, PolicyProblem } from './model.ts';
import { type Reads, readsOf } from './reads.ts';
import type { PolicySource, SourcePolicy } from './sources.ts';

const CONTEXT: Readonly<Record<string, readonly string[] | undefined>> = {
  arguments: undefined,
  argumentNames: [],
  unreadArguments: [],
  labels: [],
  class: [],
  flow: [],
  sandboxed: [],
  time: ['hour', 'weekday'],
  budget: ['limit', 'used', 'left'],
};
const RESOURCE: ReadonlySet<string> = new Set([
  'name',
  'server',
  'class',
  'outward',
  'labels',
  'quarantined',
  'signer',
  'uri',
]);
const PRINCIPAL: ReadonlySet<string> = new Set(['name', 'roles']);

/**
 * Names that no request can have. Cedar's validator lets `context.arguments has amuont && …` pass, because "has" is then
 * simply false; a forbid written so would never match and nobody would know.
 */
export function unknownNames(
  source: PolicySource,
  catalogue: Catalogue,
  types: ReadonlyMap<string, ArgumentType>,
): readonly PolicyProblem[] {
  return source.policies.flatMap((policy) => {
    const messages = [...unknownReads(readsOf([policy.json]), types), ...unknownRoles(policy, catalogue)];
    const { file, line, column } = policy;
    return messages.map(({ message, hint }) => ({ file, line, column, message, hint }));
  });
}

interface Message {
  readonly message: string;
  readonly hint: string;
}

function unknownReads(reads: Reads, types: ReadonlyMap<string, ArgumentType>): Message[] {
  const found: Message[] = [];
  for (const [name, member] of reads.context) {
    if (name === undefined) continue;
    if (!Object.hasOwn(CONTEXT, name)) {
      found.push({ message: `the context has no "${name}"`, hint: `it has ${Object.keys(CONTEXT).join(', ')}` });
    } else if (name === 'arguments') {
      if (member !== undefined && !types.has(member)) found.push(unknownArgument(member, types));
    } else if (member !== undefined && !CONTEXT[name]?.includes(member)) {
      found.push({ message: `context.${name} has no "${member}"`, hint: `it has ${CONTEXT[name]?.join(', ')}` });
    }
  }
  for (const [variable, known] of [
    ['resource', RESOURCE],
    ['principal', PRINCIPAL],
  ] as const) {
    for (const [name] of reads[variable]) {
      if (name !== undefined && !known.has(name)) {
        found.push({ message: `no ${variable} has "${name}"`, hint: `known are ${[...known].join(', ')}` });
      }
    }
  }
  return found;
}

function unknownArgument(name: string, types: ReadonlyMap<string, ArgumentType>): Message {
  return {
    message: `policies cannot read the argument "${name}"`,
    hint: `it is no text, integer, flag or list of texts, or differs between tools; readable are: ${[...types.keys()].sort().join(', ')}`,
  };
}

/** Cedar cannot know which roles exist; a misspelled one would silently never match. */
function unknownRoles(policy: SourcePolicy, catalogue: Catalogue): Message[] {
  if (catalogue.roles === undefined) return [];
  const known = new Set(['agent', ...catalogue.roles]);
  const named = [...JSON.stringify(policy.json).matchAll(/\{"type":"Ward::Role","id":("(?:[^"\\]|\\.)*")\}/g)];
  return named
    .map(([, id]) => JSON.parse(id as string) as string)
    .filter((role) => !known.has(role))
    .map((role) => ({ message: `no agent has the role "${role}"`, hint: `roles are ${[...known].sort().join(', ')}` }));
}

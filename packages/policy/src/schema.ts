import type { SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';
import { type ArgumentType, argumentTypes } from './arguments.ts';
import { ACTIONS, type Action, type Catalogue } from './model.ts';

export const NAMESPACE = 'Ward';

type Type = SchemaJson<string>[string]['entityTypes'][string] extends infer _ ? CedarType : never;
interface CedarType {
  readonly type: string;
  readonly required?: boolean;
  readonly element?: CedarType;
  readonly attributes?: Readonly<Record<string, CedarType>>;
}

const text: Type = { type: 'String' };
const texts: Type = { type: 'Set', element: text };
const long: Type = { type: 'Long' };

/**
 * The Cedar schema of a catalogue: entity types and actions are fixed, `context.arguments` has a member for each simple
 * top-level argument of any tool. `ward policy check` validates against it strictly, so a misspelled argument is found.
 */
export function generateSchema(catalogue: Catalogue): SchemaJson<string> {
  const context = contextType(argumentTypes(catalogue));
  const applies: Readonly<Record<Action, readonly string[]>> = {
    call: ['Tool'],
    list: ['Tool', 'Resource', 'Prompt'],
    read_resource: ['Resource'],
    get_prompt: ['Prompt'],
    complete: ['Prompt', 'Resource'],
  };
  const schema = {
    [NAMESPACE]: {
      entityTypes: {
        Role: {},
        Agent: { memberOfTypes: ['Role'], shape: record({ name: text, roles: texts }) },
        Server: { shape: record({ name: text }) },
        Tool: {
          memberOfTypes: ['Server'],
          shape: record({
            name: text,
            server: text,
            class: text,
            outward: { type: 'Boolean' },
            labels: texts,
            quarantined: { type: 'Boolean' },
            signer: { type: 'Boolean' },
          }),
        },
        Resource: { memberOfTypes: ['Server'], shape: record({ server: text, uri: text }) },
        Prompt: { memberOfTypes: ['Server'], shape: record({ server: text, name: text }) },
      },
      actions: Object.fromEntries(
        ACTIONS.map((action) => [
          action,
          { appliesTo: { principalTypes: ['Agent'], resourceTypes: [...applies[action]], context } },
        ]),
      ),
    },
  };
  return schema as unknown as SchemaJson<string>;
}

function contextType(types: ReadonlyMap<string, ArgumentType>): CedarType {
  const args: Record<string, CedarType> = {};
  for (const [name, type] of [...types].sort(([a], [b]) => (a < b ? -1 : 1))) {
    args[name] = { ...(type === 'Set' ? texts : { type }), required: false };
  }
  return record({
    arguments: record(args),
    argumentNames: texts,
    unreadArguments: texts,
    labels: texts,
    class: text,
    flow: text,
    sandboxed: { type: 'Boolean' },
    time: record({ hour: long, weekday: long }),
    budget: { ...record({ limit: long, used: long, left: long }), required: false },
  });
}

function record(attributes: Readonly<Record<string, CedarType>>): CedarType {
  return { type: 'Record', attributes };
}

import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import type { Home } from '@wardmesh/gateway';
import type { Context } from '../context.ts';
import { cliError } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { onlineOrHome } from '../offline.ts';
import { print } from '../output/print.ts';
import { readInput } from '../read-input.ts';

export async function policyTest(context: Context, _options: object, file = '-'): Promise<ExitCode> {
  const cases = await readCases(context, file);
  const { results } = await onlineOrHome(
    context,
    (control) => control.testPolicy(cases),
    (home) => testOffline(home, cases),
  );
  const rows = Array.isArray(results) ? results.filter(isJsonObject) : [];
  const failed = rows.filter((row) => row.passed !== true);
  print(context, results ?? [], [
    ...failed.map((row) => `failed  ${String(row.name)}: expected ${String(row.expected)}, got ${String(row.got)}`),
    `${rows.length - failed.length} of ${rows.length} cases passed`,
  ]);
  return failed.length === 0 ? EXIT.ok : EXIT.failed;
}

async function testOffline(home: Home, given: Json): Promise<JsonObject> {
  const { parseCases, testPolicies } = await import('@wardmesh/policy');
  const { loadOffline } = await import('../policy/load-offline.ts');
  const cases = parseCases(given);
  if (!cases.ok) throw cliError('INPUT_INVALID', cases.error);
  const loaded = await loadOffline(home);
  if (!loaded.ok)
    throw cliError('INPUT_INVALID', 'the policies are not valid', { hint: 'ward policy check says where.' });
  return { results: testPolicies(loaded.value, cases.value).map((result) => ({ ...result })) };
}

async function readCases(context: Context, file: string): Promise<Json> {
  const text = await readInput(context, file);
  const { parseDocument } = await import('yaml');
  // JSON is YAML too; what lets YAML mean more than it shows stays off.
  const document = parseDocument(text, {
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  const [fault] = document.errors;
  if (fault !== undefined)
    throw cliError('INPUT_INVALID', `${file} is not YAML (${fault.code} at character ${fault.pos[0] + 1})`);
  try {
    return document.toJS({ maxAliasCount: 0 }) as Json;
  } catch {
    throw cliError('INPUT_INVALID', `${file} uses aliases, which are not allowed`);
  }
}

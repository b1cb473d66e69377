import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import type { Home } from '@wardmesh/gateway';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { onlineOrHome } from '../offline.ts';
import { print } from '../output/print.ts';

export async function policyCheck(context: Context): Promise<ExitCode> {
  const report = await onlineOrHome(context, (control) => control.checkPolicy(), checkOffline);
  const problems = Array.isArray(report.problems) ? report.problems : [];
  if (report.ok === true) {
    const names = Array.isArray(report.policies) ? report.policies.length : 0;
    print(context, report, `${names} policies are valid; version ${String(report.version)}`);
    return EXIT.ok;
  }
  print(context, report, problems.flatMap(problemLines));
  return EXIT.failed;
}

async function checkOffline(home: Home): Promise<JsonObject> {
  const { loadOffline } = await import('../policy/load-offline.ts');
  const loaded = await loadOffline(home);
  if (!loaded.ok) return { ok: false, problems: loaded.error.map((problem) => ({ ...problem })) };
  const { version, policies } = loaded.value;
  return { ok: true, version, policies: policies.map((policy) => policy.id), problems: [] };
}

function problemLines(problem: Json): string[] {
  if (!isJsonObject(problem)) return [];
  const place =
    problem.file === undefined ? '' : `${String(problem.file)}:${String(problem.line)}:${String(problem.column)}: `;
  return [`${place}${String(problem.message)}`, ...(problem.hint === undefined ? [] : [`  ${String(problem.hint)}`])];
}

import { isJsonObject, type Json } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';

export async function policyCheck(context: Context): Promise<ExitCode> {
  const report = await controlOf(context).checkPolicy();
  const problems = Array.isArray(report.problems) ? report.problems : [];
  if (report.ok === true) {
    const names = Array.isArray(report.policies) ? report.policies.length : 0;
    print(context, report, `${names} policies are valid; version ${String(report.version)}`);
    return EXIT.ok;
  }
  print(context, report, problems.flatMap(problemLines));
  return EXIT.failed;
}

function problemLines(problem: Json): string[] {
  if (!isJsonObject(problem)) return [];
  const place =
    problem.file === undefined ? '' : `${String(problem.file)}:${String(problem.line)}:${String(problem.column)}: `;
  return [`${place}${String(problem.message)}`, ...(problem.hint === undefined ? [] : [`  ${String(problem.hint)}`])];
}

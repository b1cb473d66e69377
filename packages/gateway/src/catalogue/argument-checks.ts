import type { Json } from '@wardmesh/core';
import { type ArgumentChecks, CheckRegistry, STANDARD_CHECKS, type ToolCheck } from '@wardmesh/guard';
import type { ArgumentCheck } from '../config/index.ts';

/** The checks that `ward.yaml` attaches to a tool's arguments, compiled. @throws RangeError with a sentence for the operator */
export function compileChecks(checks: Readonly<Record<string, ArgumentCheck>>): ArgumentChecks {
  const own: ToolCheck[] = [];
  const attachments: Record<string, string[]> = {};
  for (const [pointer, check] of Object.entries(checks)) {
    const names: string[] = [];
    if (check.is !== undefined) names.push(check.is);
    for (const [rule, passes] of rulesOf(check)) {
      const name = `${rule} ${pointer}`;
      own.push({ name, layer: 'business', check: (value) => (passes(value) ? undefined : 'BUSINESS_RANGE') });
      names.push(name);
    }
    attachments[pointer] = names;
  }
  const compiled = new CheckRegistry([...STANDARD_CHECKS, ...own]).attach(attachments);
  if (!compiled.ok) throw new RangeError(compiled.error);
  return compiled.value;
}

function rulesOf(check: ArgumentCheck): [string, (value: Json) => boolean][] {
  const rules: [string, (value: Json) => boolean][] = [];
  const { pattern, minimum, maximum, maxLength, oneOf } = check;
  if (pattern !== undefined) {
    const whole = new RegExp(`^(?:${pattern})$`, 'u');
    rules.push(['pattern', (value) => typeof value === 'string' && whole.test(value)]);
  }
  if (minimum !== undefined) rules.push(['minimum', (value) => typeof value === 'number' && value >= minimum]);
  if (maximum !== undefined) rules.push(['maximum', (value) => typeof value === 'number' && value <= maximum]);
  if (maxLength !== undefined)
    rules.push(['maxLength', (value) => typeof value === 'string' && value.length <= maxLength]);
  if (oneOf !== undefined) rules.push(['oneOf', (value) => oneOf.some((allowed) => allowed === value)]);
  return rules;
}

import { isJsonObject, type JsonObject } from '@wardmesh/core';
import type { Context } from '../context.ts';
import type { ControlClient } from '../control-client.ts';
import { cliError } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { onlineOrReader } from '../offline.ts';
import { print } from '../output/print.ts';
import { Progress } from '../output/progress.ts';
import { facts } from '../output/table.ts';

export async function auditVerify(context: Context): Promise<ExitCode> {
  const progress = new Progress(context);
  const tell = (done: number, all: number): void => progress.update(`verified ${done} of ${all} entries`);
  const report = await onlineOrReader(
    context,
    (control) => throughGateway(control, tell),
    async (reader) => ({ ...(await reader.verify(tell)) }) as unknown as JsonObject,
  );
  progress.clear();
  if (report.ok === true) {
    print(context, report, ['verified', ...facts(describe(report))]);
    return EXIT.ok;
  }
  const fault = isJsonObject(report.fault) ? report.fault : {};
  const place = fault.sequence === undefined ? '' : ` at entry ${String(fault.sequence)}`;
  throw cliError('NOT_VERIFIED', `the log is not what was written: ${String(fault.what ?? 'damage')}${place}`, {
    hint: `Entries up to ${String(report.entries ?? 0)} are good. Keep the folder as it is; ward audit restore FOLDER brings a backup back.`,
  });
}

async function throughGateway(control: ControlClient, tell: (done: number, all: number) => void): Promise<JsonObject> {
  let last: JsonObject = {};
  for await (const line of control.verifyAudit()) {
    last = line;
    if (line.done !== true) tell(Number(line.checked), Number(line.total));
  }
  if (last.done === true) return last;
  throw cliError('GATEWAY_UNREACHABLE', 'the gateway stopped before the verification was done', {
    hint: 'Run it again.',
  });
}

function describe(report: JsonObject): [string, string][] {
  return [
    ['entries', `${String(report.entries)} (${String(report.first)} to ${String(report.last)})`],
    ['root', String(report.root)],
    ...(Number(report.timesBack) > 0
      ? ([['clock', `set back ${String(report.timesBack)} times, each recorded`]] as [string, string][])
      : []),
  ];
}

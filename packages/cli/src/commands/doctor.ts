import { existsSync } from 'node:fs';
import type { Context } from '../context.ts';
import { type Finding, fail, guarded } from '../doctor/finding.ts';
import { checkCertificate, checkClock, checkConfig, checkDisk, checkModes } from '../doctor/home.ts';
import { checkRuntime, checkSandbox } from '../doctor/machine.ts';
import { checkGateway, checkOperatorKey } from '../doctor/trust.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { homePaths } from '../home-paths.ts';
import { print } from '../output/print.ts';
import { Progress } from '../output/progress.ts';

export async function doctor(context: Context): Promise<ExitCode> {
  const progress = new Progress(context);
  const findings: Finding[] = [];
  for (const [name, look] of checks(context)) {
    progress.update(`checking ${name}`);
    findings.push(...(await guarded(name, look)));
  }
  progress.clear();
  const width = Math.max(...findings.map((finding) => finding.check.length));
  print(
    context,
    findings,
    findings.flatMap(({ state, check, why, hint }) => [
      `${state.padEnd(4)}  ${check.padEnd(width)}  ${why}`,
      ...(hint === undefined ? [] : [`${' '.repeat(width + 8)}${hint}`]),
    ]),
  );
  return findings.some((finding) => finding.state === 'fail') ? EXIT.failed : EXIT.ok;
}

type Check = readonly [name: string, look: () => Promise<readonly Finding[]> | readonly Finding[]];

function checks(context: Context): Check[] {
  const paths = homePaths(context.home);
  const machine: Check[] = [
    ['runtime', checkRuntime],
    ['sandbox', checkSandbox],
  ];
  if (!existsSync(paths.config)) {
    return [...machine, ['home', () => [fail('home', `there is none at ${paths.home}`, 'Create it: ward init.')]]];
  }
  return [
    ...machine,
    ['ward.yaml', () => checkConfig(paths)],
    ['modes', () => checkModes(paths)],
    ['clock', () => checkClock(context, paths)],
    ['disk', () => checkDisk(paths)],
    ['certificate', () => checkCertificate(context, paths)],
    ['operator key', () => checkOperatorKey(paths)],
    ['gateway', () => checkGateway(context, paths)],
    ['signer', async () => (await import('../doctor/wallet.ts')).checkWallets(paths)],
  ];
}

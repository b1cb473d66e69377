import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { onlineOrHome } from '../offline.ts';

/** The signed note (C2SP tlog-checkpoint), to the byte; with --json as a member. */
export async function auditCheckpoint(context: Context): Promise<ExitCode> {
  const { checkpoint } = await onlineOrHome(
    context,
    (control) => control.checkpoint(),
    async ({ audit }) => ({ checkpoint: await audit.checkpoint() }),
  );
  context.stdout.write(context.json ? `${JSON.stringify({ checkpoint })}\n` : String(checkpoint));
  return EXIT.ok;
}

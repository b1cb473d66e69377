import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { table } from '../output/table.ts';
import { withSigner } from '../wallet/signer.ts';

export function approversList(context: Context): Promise<ExitCode> {
  return withSigner(context, async (signer) => {
    const { result } = await signer.request('approvers.list', {});
    const rows = result.approvers.map(({ keyId, by, account }) => [keyId, account === null ? by : 'a wallet']);
    const { length } = rows;
    print(
      context,
      result,
      length === 0
        ? 'nobody may approve; ward init makes the operator key'
        : [...table(['key', 'whose'], rows), '', `a change of this list takes ${result.quorum} of them`],
    );
    return EXIT.ok;
  });
}

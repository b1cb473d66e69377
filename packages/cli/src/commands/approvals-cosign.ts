import type { Context } from '../context.ts';
import { usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { blobOf } from '../wallet/explain.ts';
import { signerRequest } from '../wallet/request.ts';
import { approvedLine, assertOpen } from '../wallet/request-lines.ts';
import { withSigner } from '../wallet/signer.ts';

/**
 * Hands in the signature that a signer of the account's list made over exactly this transaction, as the multisigned
 * blob that its own wallet gave. The signer verifies it; nothing is signed here.
 */
export async function approvalsCosign(
  context: Context,
  options: { readonly blob: string },
  id = '',
): Promise<ExitCode> {
  const blob = await blobOf(context, options.blob);
  return withSigner(context, async (signer) => {
    const { approval } = await signerRequest(signer, id);
    assertOpen(approval);
    if (approval.kind !== 'sign' || approval.requiredSigners.length === 0) {
      throw usage('no signature of the ledger is asked for here', `Approve it instead: ward approvals approve ${id}`);
    }
    const { result } = await signer.request('approvals.cosign', { approvalId: id, blob });
    print(context, { ...result.request, signer: result.approval }, approvedLine(result.approval));
    return EXIT.ok;
  });
}

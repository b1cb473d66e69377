import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';
import { table } from '../output/table.ts';
import { relative } from '../output/time.ts';
import { withSigner } from '../wallet/signer.ts';

/** Every key with its use and when its rotation is due; exit 1 where one is due, so that a timer can ask (CM-KMS-2). */
export async function keysStatus(context: Context): Promise<ExitCode> {
  return withSigner(context, async (signer) => {
    const { result } = await signer.request('status', {});
    const now = context.clock.now();
    const { secureHeap, keys, providers } = result;
    const due = keys.filter((key) => key.due);
    print(context, result, [
      `signer ${result.version}: ${result.sandbox}`,
      `core dumps ${result.coreDumps}, secure heap ${secureHeap.used} of ${secureHeap.total} bytes`,
      `${result.wallets} wallets, ${result.unlocked} unlocked, ${result.pending} requests waiting`,
      ...providers.map((each) => `provider ${each.name} (${each.kind}): ${each.statement ?? 'no wallet uses it yet'}`),
      '',
      ...(keys.length === 0
        ? ['no keys']
        : table(
            ['wallet', 'network', 'key', 'role', 'state', 'kept in', 'signatures', 'rotate'],
            keys.map((key) => [
              key.address,
              key.network,
              key.keyId,
              key.role,
              key.state,
              key.provider ?? 'vault',
              `${key.signatures} of ${key.maxSignatures}`,
              key.due ? `due (${relative(key.rotateBy, now)})` : relative(key.rotateBy, now),
            ]),
          )),
      ...(due.length === 0 ? [] : ['', `${due.length} due: ward keys rotate ADDRESS --reason scheduled`]),
    ]);
    return due.length === 0 ? EXIT.ok : EXIT.failed;
  });
}

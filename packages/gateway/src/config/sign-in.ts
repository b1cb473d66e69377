import { z } from 'zod';
import { isLoopback } from './scalars.ts';

const node = z
  .string()
  .max(2_048)
  .superRefine((text, context) => {
    const problem = nodeProblem(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

function nodeProblem(text: string): string | undefined {
  const parsed = URL.parse(text);
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:'))
    return 'must be an https:// address';
  if (parsed.username !== '' || parsed.password !== '' || parsed.hash !== '') return 'must be an address and no more';
  if (parsed.protocol === 'http:' && !isLoopback(parsed.hostname))
    return 'must be https; plain http only to this machine itself';
  return undefined;
}

/** Who else than keys may sign in. Taken up at the next start. */
export const signIn = z
  .strictObject({
    contractWallets: z
      .array(
        z.strictObject({
          chain: z
            .string()
            .regex(/^eip155:[1-9]\d{0,15}$/, { error: 'must be a CAIP-2 chain such as eip155:1' })
            .describe('CAIP-2 chain of the contracts.'),
          accounts: z
            .array(z.string().regex(/^0x[0-9a-fA-F]{40}$/, { error: 'must be an address: 0x and 40 hex digits' }))
            .min(1)
            .max(100)
            .describe('Addresses of the contracts, with their checksum (EIP-55).'),
          nodes: z
            .array(node)
            .min(1)
            .max(5)
            .describe('Ethereum nodes that are asked; all must agree, so a single one that lies lets nobody in.'),
        }),
      )
      .max(16)
      .prefault([])
      .describe(
        'Wallets that are contracts (ERC-1271). Only those named here: a node that lies could sign in as any of them.',
      ),
  })
  .describe('Sign-in of people.');

/** Namespace and address of a CAIP-10 account, without the chain between them. */
const ACCOUNT = /^([-a-z0-9]{3,8}):[-_a-zA-Z0-9]{1,32}:([-.%a-zA-Z0-9]{1,128})$/;

/**
 * An id without what does not tell holders apart: one key has the same address on every chain of its kind, and EVM
 * addresses mean the same in either case. Any other id is itself. Good enough to forbid, not to allow: the owner of a
 * contract's address differs by chain.
 */
export function holderName(id: string): string {
  const match = ACCOUNT.exec(id);
  if (match === null) return id;
  const [, namespace, address] = match;
  return `${namespace}:${namespace === 'eip155' ? address!.toLowerCase() : address}`;
}

/** Whether two ids may be one holder. */
export function mayBeOne(a: string, b: string): boolean {
  return holderName(a) === holderName(b);
}

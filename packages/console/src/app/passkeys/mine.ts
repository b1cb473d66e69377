import { useQuery } from '@tanstack/react-query';
import { api } from '../api.ts';
import { hasPasskeys } from './ceremony.ts';
import type { UsablePasskeys } from './sign-decision.ts';

/** The passkeys of whoever is signed in. */
export function useMyPasskeys() {
  return useQuery({ queryKey: ['passkeys'], queryFn: () => api.call('passkeys.list'), staleTime: 10_000 });
}

/** Those that work in this browser at this address; undefined where none does. */
export function useUsablePasskeys(): UsablePasskeys | undefined {
  const { data } = useMyPasskeys();
  if (data === undefined || data.passkeys.length === 0 || data.rpId === null) return undefined;
  if (!hasPasskeys() || data.origin !== window.location.origin) return undefined;
  return { rpId: data.rpId, passkeys: data.passkeys };
}

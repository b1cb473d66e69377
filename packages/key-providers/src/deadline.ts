import { vaultError } from './error.ts';

/** What `work` gives, or VAULT_PROVIDER_UNAVAILABLE after `milliseconds`; the work itself cannot be stopped. */
export async function withinDeadline<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(vaultError('VAULT_PROVIDER_UNAVAILABLE', `the provider did not answer within ${milliseconds} ms`));
    }, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

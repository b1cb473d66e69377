import { StoreError, type StoreErrorCode } from '../error.ts';

const CODES: Readonly<Record<string, readonly [StoreErrorCode, string, string?]>> = {
  ENOSPC: ['STORE_DISK_FULL', 'the disk is full', 'free some space, then repeat'],
  EDQUOT: ['STORE_DISK_FULL', 'the disk quota is used up', 'free some space, then repeat'],
  EFBIG: ['STORE_DISK_FULL', 'the file reached the largest size allowed'],
  EROFS: ['STORE_READ_ONLY', 'the file system is read-only', 'mount it writable, or choose another WARD_HOME'],
  EACCES: ['STORE_READ_ONLY', 'access is denied', 'give its owner read and write permission'],
  EPERM: ['STORE_READ_ONLY', 'access is denied', 'give its owner read and write permission'],
  ENOENT: ['STORE_FILE_MISSING', 'it does not exist'],
  ELOOP: ['STORE_FILE_NOT_PLAIN', 'it is a symbolic link'],
  EISDIR: ['STORE_FILE_NOT_PLAIN', 'it is a folder'],
  ENOTDIR: ['STORE_FILE_NOT_PLAIN', 'a part of its path is not a folder'],
};

/** A coded error for what the file system threw about `path`. Coded errors pass through. */
export function fileFault(path: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const errno = (cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  const [code, why, hint] = CODES[errno] ?? (['STORE_IO_FAILED', 'input or output failed'] as const);
  return new StoreError(code, `${path}: ${why}`, { cause, ...(hint !== undefined && { hint }) });
}

/** Runs file work; what it throws comes out coded. */
export async function coded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw fileFault(path, cause);
  }
}

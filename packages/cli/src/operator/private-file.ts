import { StoreError } from '@wardmesh/store/files';

export { makeDirectorySecure, readFileSecure, writeFileSecure } from '@wardmesh/store/files';

export function isStoreError(error: unknown): error is StoreError {
  return error instanceof StoreError;
}

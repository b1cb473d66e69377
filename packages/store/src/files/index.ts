/** Private files alone, for programs that must start fast: the package's main entry loads the database driver. */
export { StoreError, type StoreErrorCode } from '../error.ts';
export { makeDirectorySecure } from './directory.ts';
export { readFileSecure } from './read.ts';
export { writeFileSecure } from './write.ts';

import type { SourceFile } from './source-file.ts';

/** Something the code must not do, and why. Each is a planted fault in the tests too. */
export interface Ban {
  readonly name: string;
  readonly reason: string;
  /** A file that breaks it. */
  readonly planted: { readonly path: string; readonly text: string };
  find(file: SourceFile): readonly { readonly line: number; readonly what: string }[];
}

import { join } from 'node:path';
import { KeyUseFile } from '@wardmesh/store';
import type { KeyUses } from '@wardmesh/vault';

const NAME = /^[a-z]+-[a-z0-9_]{1,64}$/;

/** How often keys were used, one file a key (XR-CRY-2, CM-KMS-2). A file is opened once: its count lives in one place. */
export class UseCounters {
  readonly #folder: string;
  readonly #open = new Map<string, KeyUseFile>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  readonly of: KeyUses = (name) => {
    let file = this.#open.get(name);
    if (file === undefined) {
      if (!NAME.test(name)) throw new TypeError('not a name of a counter');
      file = KeyUseFile.open(join(this.#folder, name));
      this.#open.set(name, file);
    }
    return file;
  };
}

import { equalBytes, isCoded } from '@wardmesh/core';
import type { VaultErrorCode } from '../error.ts';
import type { KeyWrapper } from './key-wrapper.ts';

/** One promise of {@link KeyWrapper}. `run` throws where it is broken. */
export interface WrapperCase {
  readonly title: string;
  run(wrapper: KeyWrapper): Promise<void>;
}

const KEY = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
const CONTEXT = 'store/key';

/** The contract of {@link KeyWrapper}, for every one to pass. */
export const WRAPPER_CASES: readonly WrapperCase[] = [
  {
    title: 'gives back what it wrapped, and shows none of it',
    async run(wrapper) {
      for (const length of [16, 32, 64]) {
        const key = Uint8Array.from({ length }, (_, i) => i + 1);
        const wrapped = await wrapper.wrapKey(key, CONTEXT);
        check(!Buffer.from(wrapped).includes(Buffer.from(key.subarray(0, 8))), 'the key does not stand in it');
        using opened = await wrapper.unwrapKey(wrapped, CONTEXT);
        check(equalBytes(opened.getBuffer(), key), 'it is the same key');
      }
    },
  },
  {
    title: 'wraps a key differently each time',
    async run(wrapper) {
      const [one, two] = [await wrapper.wrapKey(KEY, CONTEXT), await wrapper.wrapKey(KEY, CONTEXT)];
      check(!equalBytes(one, two), 'two wrappings differ');
    },
  },
  {
    title: 'opens nothing for another context, and nothing that was changed or cut',
    async run(wrapper) {
      const wrapped = await wrapper.wrapKey(KEY, CONTEXT);
      await refuses('VAULT_NOT_GENUINE', () => wrapper.unwrapKey(wrapped, 'log/key'), 'another context');
      for (const at of [0, 1, wrapped.length >> 1, wrapped.length - 1]) {
        const changed = new Uint8Array(wrapped);
        changed[at]! ^= 1;
        await refuses('VAULT_NOT_GENUINE', () => wrapper.unwrapKey(changed, CONTEXT), `byte ${at} changed`);
      }
      await refuses('VAULT_NOT_GENUINE', () => wrapper.unwrapKey(wrapped.subarray(0, -1), CONTEXT), 'a byte less');
      await refuses('VAULT_NOT_GENUINE', () => wrapper.unwrapKey(new Uint8Array(), CONTEXT), 'nothing');
    },
  },
  {
    title: 'refuses keys of a wrong length, and contexts that are none',
    async run(wrapper) {
      for (const length of [0, 15, 65]) {
        await refuses('VAULT_BAD_INPUT', () => wrapper.wrapKey(new Uint8Array(length), CONTEXT), `${length} bytes`);
      }
      for (const context of ['', 'A', 'a b', 'a\0', 'x'.repeat(129)]) {
        await refuses('VAULT_BAD_INPUT', () => wrapper.wrapKey(KEY, context), 'a context that is none');
      }
    },
  },
];

async function refuses(code: VaultErrorCode, work: () => Promise<unknown>, what: string): Promise<void> {
  try {
    await work();
  } catch (error) {
    check(isCoded(error, code), `${what}: refused with ${code}, not ${isCoded(error) ? error.code : 'another error'}`);
    return;
  }
  check(false, `${what}: refused`);
}

function check(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new Error(`the wrapper breaks its contract: ${promise}`);
}

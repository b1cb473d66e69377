import { SecureBuffer } from '@wardmesh/vault';
import type { Context } from '../context.ts';
import { cliError } from '../error.ts';
import { MAX_SECRET_BYTES } from '../limits.ts';

const ENTER: ReadonlySet<number> = new Set([0x0d, 0x0a, 0x04]);
const INTERRUPT = 0x03;
const BACKSPACE: ReadonlySet<number> = new Set([0x7f, 0x08]);

/**
 * A line typed on the terminal without echo, as bytes: nothing of it becomes a string. What follows the line stays in
 * the stream for the next question.
 * @throws CodedError INTERRUPTED
 */
export async function askSecret(context: Context, prompt: string): Promise<SecureBuffer> {
  const { stdin, stderr } = context;
  const terminal = stdin as typeof stdin & { setRawMode?: (raw: boolean) => void };
  // Raw first: what is typed as soon as the prompt shows must not be echoed.
  terminal.setRawMode?.(true);
  stderr.write(prompt);
  try {
    return await readLine(stdin);
  } finally {
    terminal.setRawMode?.(false);
    stdin.pause();
    stderr.write('\n');
  }
}

function readLine(stdin: Context['stdin']): Promise<SecureBuffer> {
  const typed = new TypedLine();
  return new Promise((resolve, reject) => {
    const end = (finish: () => void): void => {
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      finish();
      typed.wipe();
    };
    const onEnd = (): void => end(() => resolve(typed.take()));
    const onData = (chunk: Buffer | string): void => {
      const bytes = Buffer.from(chunk as Buffer);
      for (const [at, byte] of bytes.entries()) {
        if (byte === INTERRUPT) {
          end(() => reject(cliError('INTERRUPTED', 'interrupted')));
          break;
        }
        if (ENTER.has(byte)) {
          const rest = Buffer.from(bytes.subarray(at + 1));
          end(() => resolve(typed.take()));
          // Paused first: a flowing stream would hand the rest to nobody.
          stdin.pause();
          if (rest.length > 0) stdin.unshift(rest);
          break;
        }
        if (BACKSPACE.has(byte)) typed.removeLast();
        else if (byte >= 0x20) typed.add(byte);
      }
      bytes.fill(0);
      if (typeof chunk !== 'string') chunk.fill(0);
    };
    stdin.on('data', onData);
    stdin.on('end', onEnd);
    stdin.resume();
  });
}

/** What was typed so far, in one allocation that is wiped. */
class TypedLine {
  readonly #bytes = new Uint8Array(new ArrayBuffer(MAX_SECRET_BYTES));
  #length = 0;

  add(byte: number): void {
    if (this.#length < MAX_SECRET_BYTES) this.#bytes[this.#length++] = byte;
  }

  /** Takes away the last character: a UTF-8 lead byte and those that continue it. */
  removeLast(): void {
    while (this.#length > 0) {
      const byte = this.#bytes[--this.#length]!;
      this.#bytes[this.#length] = 0;
      if ((byte & 0xc0) !== 0x80) return;
    }
  }

  take(): SecureBuffer {
    return SecureBuffer.from(this.#bytes.subarray(0, this.#length));
  }

  wipe(): void {
    this.#bytes.fill(0);
    this.#length = 0;
  }
}

import { CodedError } from '@wardmesh/core';
import { type Denial, denialOf, deny } from '../protocol/errors.ts';
import { type Call, LAYERS, type Layer } from './call.ts';

/** How many layers a message passes before it is known to be a request of somebody. */
const ADMISSION = LAYERS.indexOf('authenticate') + 1;

export interface PipelineHooks {
  /** Told of what a layer threw, with the call's correlation id; the client never sees it. */
  onFault(call: Call, layer: string, error: unknown): void;
  /** Told of each layer's time in microseconds, where tracing is on. */
  readonly now?: () => number;
  readonly onTraced?: (call: Call) => void;
}

/**
 * Runs a call through the layers. Fail-secure (XR-FAIL-1): a layer that denies or throws ends the way to `execute`;
 * `conclude` always runs, so that a denial leaves a record too. The order is checked against {@link LAYERS} once, when
 * the pipeline is made, and `execute` checks that each layer before it really ran.
 */
export class Pipeline {
  readonly #before: readonly Layer[];
  readonly #conclude: (call: Call, denial: Denial | undefined) => Promise<Denial | undefined>;
  readonly #hooks: PipelineHooks;

  constructor(
    layers: readonly Layer[],
    conclude: (call: Call, denial: Denial | undefined) => Promise<Denial | undefined>,
    hooks: PipelineHooks,
  ) {
    const names = [...layers.map((layer) => layer.name), 'conclude'];
    if (names.join() !== LAYERS.join())
      throw new Error(`the pipeline's layers are ${names.join()}, not ${LAYERS.join()}`);
    this.#before = layers;
    this.#conclude = conclude;
    this.#hooks = hooks;
  }

  /** The layers that every message passes, also notifications and answers: transport, envelope, authenticate. */
  admit(call: Call): Promise<Denial | undefined> {
    return this.#walk(call, 0, ADMISSION);
  }

  /** The remaining layers, for a request that was admitted: the denial, or undefined where `call.response` may go out. */
  async run(call: Call): Promise<Denial | undefined> {
    return this.refuse(call, await this.#walk(call, ADMISSION, this.#before.length));
  }

  /** Concludes a call that was stopped, or let through, before now. Never throws. */
  async refuse(call: Call, denied: Denial | undefined): Promise<Denial | undefined> {
    let denial = denied;
    const start = this.#hooks.now?.() ?? 0;
    try {
      denial = await this.#conclude(call, denial);
    } catch (error) {
      denial = this.#fault(call, 'conclude', error);
    } finally {
      call.release();
    }
    if (this.#hooks.now) {
      call.spent.conclude = this.#hooks.now() - start;
      this.#hooks.onTraced?.(call);
    }
    return denial;
  }

  async #walk(call: Call, from: number, to: number): Promise<Denial | undefined> {
    const clock = this.#hooks.now;
    for (let i = from; i < to; i++) {
      const layer = this.#before[i]!;
      const start = clock?.() ?? 0;
      try {
        let outcome = layer.run(call);
        // Most layers answer at once; awaiting those would cost a turn of the event loop's microtask queue each.
        if (outcome instanceof Promise) outcome = await outcome;
        if (outcome) return outcome;
        call.passed.push(layer.name);
      } catch (error) {
        return this.#fault(call, layer.name, error);
      } finally {
        if (clock) call.spent[layer.name] = clock() - start;
      }
    }
    return undefined;
  }

  #fault(call: Call, layer: string, error: unknown): Denial {
    const denial =
      error instanceof CodedError
        ? denialOf(error)
        : deny('INTERNAL', { cause: error, detail: error instanceof Error ? error.message : 'thrown value' });
    if (denial.code === 'INTERNAL') {
      try {
        this.#hooks.onFault(call, layer, error);
      } catch {
        // A log that cannot be written must not keep the denial from being concluded.
      }
    }
    return denial;
  }
}

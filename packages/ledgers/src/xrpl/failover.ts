import { LedgersError, type LedgersErrorCode } from '../error.ts';
import { BACKOFF_CAP_MS, BACKOFF_FIRST_MS, MAX_TRIES } from '../limits.ts';
import { asLedgersError, type XrplNode } from './node.ts';

export type Sleep = (ms: number) => Promise<void>;

/** Failures of a node, not of the request: another node may do better. */
const OF_THE_NODE: ReadonlySet<LedgersErrorCode> = new Set([
  'CONNECTION_FAILED',
  'CONNECTION_LOST',
  'REQUEST_TIMEOUT',
  'MALFORMED_ANSWER',
  'NETWORK_MISMATCH',
  'REQUEST_REFUSED',
]);

/** Pause before round `round` (1, 2, …), ms: 1 s, doubling, at most 30 s. */
export function backoff(round: number): number {
  return Math.min(BACKOFF_CAP_MS, BACKOFF_FIRST_MS * 2 ** (round - 1));
}

/** Endpoints of one network: the one that served last is asked first, the others follow, then all again after a pause. */
export class Failover {
  readonly #nodes: readonly XrplNode[];
  readonly #sleep: Sleep;
  #current = 0;

  constructor(nodes: readonly XrplNode[], sleep: Sleep) {
    this.#nodes = nodes;
    this.#sleep = sleep;
  }

  /** Nodes in the order they would be asked, without those that are barred. */
  ordered(): readonly XrplNode[] {
    const turned = [...this.#nodes.slice(this.#current), ...this.#nodes.slice(0, this.#current)];
    return turned.filter(({ barred }) => barred === undefined);
  }

  /** The first answer a node gives. @throws the last node's failure, or at once what is the request's own fault. */
  async run<T>(ask: (node: XrplNode) => Promise<T>): Promise<T> {
    let last = new LedgersError('CONNECTION_FAILED', 'no endpoint can be asked');
    for (let round = 0; round < MAX_TRIES; round++) {
      const nodes = this.ordered();
      if (nodes.length === 0) throw this.#nodes.find(({ barred }) => barred !== undefined)?.barred ?? last;
      if (round > 0) await this.#sleep(backoff(round));
      for (const node of nodes) {
        try {
          const answer = await ask(node);
          this.#current = this.#nodes.indexOf(node);
          return answer;
        } catch (error) {
          last = asLedgersError(error);
          if (!OF_THE_NODE.has(last.code)) throw last;
        }
      }
    }
    throw last;
  }
}

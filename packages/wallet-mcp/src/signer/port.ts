import type { AGENT_METHODS, AgentMethod } from '@wardmesh/signer/client';
import type { z } from 'zod';

export type AgentParams<M extends AgentMethod> = z.input<(typeof AGENT_METHODS)[M]['params']>;
export type AgentResult<M extends AgentMethod> = z.output<(typeof AGENT_METHODS)[M]['result']>;

/** The signer as far as an agent's side may ask it. No method takes or gives a secret. */
export interface SignerPort {
  /** @throws CodedError with the signer's code; SIGNER_NOT_RUNNING where nothing listens */
  request<M extends AgentMethod>(method: M, params: AgentParams<M>): Promise<AgentResult<M>>;
  close(): Promise<void>;
}

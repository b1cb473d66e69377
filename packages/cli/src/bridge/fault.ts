import type { CodedError } from '@wardmesh/core';
import { type CliErrorCode, cliError } from '../error.ts';

/** What the bridge answers where the gateway did not. */
export const lost = (): CodedError<CliErrorCode> =>
  cliError(
    'GATEWAY_UNREACHABLE',
    'The connection to the gateway ended before the answer; whether the call ran is in its log.',
    {
      hint: 'Look before you repeat it: ward audit tail.',
    },
  );

export const tooLarge = (): CodedError<CliErrorCode> =>
  cliError('GATEWAY_PROTOCOL', 'The gateway sent a message larger than this bridge takes.');

export function unexpected(status: number | undefined): CodedError<CliErrorCode> {
  const shown = status === undefined ? '' : ` (HTTP ${status})`;
  return cliError('GATEWAY_PROTOCOL', `The gateway gave an answer that is not MCP${shown}.`, {
    hint: 'Another program may listen there: ward status shows the address.',
  });
}

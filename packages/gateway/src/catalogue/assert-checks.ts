import { CodedError } from '@wardmesh/core';
import type { ServerSettings } from '../config/index.ts';
import { compileChecks } from './argument-checks.ts';

/** Compiles every check of a server's tools, to know that they will. @throws CodedError CONFIG_INVALID that names the tool */
export function assertChecks(server: string, settings: ServerSettings): void {
  for (const [tool, { checks }] of Object.entries(settings.tools)) {
    try {
      compileChecks(checks ?? {});
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new CodedError('CONFIG_INVALID', `servers.${server}.tools.${tool}.checks: ${reason}`, { cause });
    }
  }
}

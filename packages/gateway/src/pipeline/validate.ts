import { isJsonObject } from '@wardmesh/core';
import { checkHeaders } from '@wardmesh/guard';
import { type Denial, deny } from '../protocol/errors.ts';
import type { Services } from '../services.ts';
import type { Layer } from './call.ts';

/**
 * Layer 6. The arguments of a tool against its pinned input schema, then the tool's own business and cryptographic checks
 * (XR-VAL-1, XR-VAL-5). What comes out is what policy, approval and receipt speak of.
 */
export function validateLayer(services: Services): Layer {
  return {
    name: 'validate',
    run(call) {
      const args = call.request.params?.arguments;
      call.arguments = isJsonObject(args) ? args : {};
      if (call.target.kind !== 'tool') return undefined;
      const { tool } = call.target;
      if (call.era === 'stateless' && tool.paramHeaders.length > 0 && call.parsed.kind === 'request') {
        const agreed = checkHeaders(call.inbound.headers, call.parsed, tool.paramHeaders);
        if (!agreed.ok) return deny('HEADER_MISMATCH', { hint: agreed.error.message });
      }
      const schema = tool.definition.inputSchema;
      if (!isJsonObject(schema)) return deny('ARGUMENTS_INVALID', { detail: 'no input schema' });
      const { strictArguments } = services.config().guard;
      const fit = services.schemas.checkArguments(schema, call.arguments, { strict: strictArguments });
      if (!fit.ok) {
        const hidden = fit.error.code === 'SCHEMA_HIDDEN_CHARACTERS';
        return problem(hidden ? 'ARGUMENTS_HIDDEN_TEXT' : 'ARGUMENTS_INVALID', fit.error);
      }
      const checked = tool.runChecks(call.arguments);
      if (checked.ok) return undefined;
      const { code, pointer, check } = checked.error;
      return problem('ARGUMENTS_REFUSED', { code, problems: [{ pointer, keyword: check }] });
    },
  };
}

interface Fault {
  readonly code: string;
  readonly problems: readonly { readonly pointer: string; readonly keyword: string }[];
}

/** Places and keywords are the caller's own; values are not repeated. */
function problem(code: 'ARGUMENTS_INVALID' | 'ARGUMENTS_HIDDEN_TEXT' | 'ARGUMENTS_REFUSED', fault: Fault): Denial {
  const [first] = fault.problems;
  return deny(code, {
    detail: fault.code,
    data: { reason: fault.code, problems: fault.problems },
    ...(first && { hint: `${first.pointer === '' ? 'arguments' : first.pointer}: ${first.keyword}` }),
  });
}

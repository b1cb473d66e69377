import { isJsonObject } from '@wardmesh/core';
import { type JsonRpcError, WIRE } from '../protocol/message.ts';

/** `resources/read` of what is not there, until 2025-11-25. */
const RESOURCE_NOT_FOUND = -32002;

/** A stateless server's error for a session client. */
export function toSessionError(method: string, error: JsonRpcError): JsonRpcError {
  switch (error.code) {
    case WIRE.invalidParams: {
      // 2026-07-28 gave resource-not-found the code of any bad parameter; its data names the URI and nothing else.
      const { data } = error;
      const isNotFound = method === 'resources/read' && isJsonObject(data) && Object.keys(data).join() === 'uri';
      return isNotFound ? { ...error, code: RESOURCE_NOT_FOUND } : error;
    }
    case WIRE.missingClientCapability:
      return { ...error, code: WIRE.invalidRequest };
    case WIRE.headerMismatch:
    case WIRE.unsupportedProtocolVersion:
      // About our own translation; the client did nothing of the kind.
      return { code: WIRE.internal, message: 'The server did not understand the gateway' };
    default:
      return error;
  }
}

/** A session server's error for a stateless client. */
export function toStatelessError(error: JsonRpcError): JsonRpcError {
  switch (error.code) {
    case RESOURCE_NOT_FOUND:
      return { ...error, code: WIRE.invalidParams };
    case WIRE.urlElicitationRequired:
      return { code: WIRE.internal, message: error.message };
    default:
      return error;
  }
}

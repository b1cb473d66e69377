import { isJsonObject, type JsonObject } from '@wardmesh/core';
import { isFailure, type JsonRpcNotification, type JsonRpcRequest, type JsonRpcResponse } from '../protocol/message.ts';
import {
  isRevision,
  LATEST_STATELESS,
  META_CLIENT_CAPABILITIES,
  META_CLIENT_INFO,
  META_PROTOCOL_VERSION,
  type Revision,
} from '../protocol/revision.ts';
import { upstreamError } from './errors.ts';
import type { ServerFacts } from './port.ts';

export const META_SERVER_INFO = 'io.modelcontextprotocol/serverInfo';

/** Session revisions older than ours whose servers we still talk to: all they say is valid 2025-06-18. */
const OLDER_REVISIONS: readonly string[] = ['2024-11-05', '2025-03-26'];

export interface Introduction {
  readonly revision: Revision;
  readonly capabilities: JsonObject;
  readonly info: JsonObject;
}

export function initializeRequest(self: Introduction): JsonRpcRequest {
  return {
    jsonrpc: '2.0',
    id: 'ward-initialize',
    method: 'initialize',
    params: { protocolVersion: self.revision, capabilities: self.capabilities, clientInfo: self.info },
  };
}

export const INITIALIZED: JsonRpcNotification = { jsonrpc: '2.0', method: 'notifications/initialized' };

/** The server's facts and the revision as it spelled it (for the MCP-Protocol-Version header). */
export interface Initialized {
  readonly facts: ServerFacts;
  readonly wireRevision: string;
}

/**
 * Reads the answer to `initialize` (2025-11-25 §lifecycle). An error answer means that the server has no session era.
 * @throws UpstreamError UPSTREAM_PROTOCOL for a malformed one.
 */
export function readInitialized(response: JsonRpcResponse): Initialized | undefined {
  if (isFailure(response)) return undefined;
  const { protocolVersion, capabilities, serverInfo, instructions } = response.result;
  if (typeof protocolVersion !== 'string' || !isJsonObject(capabilities) || !isJsonObject(serverInfo)) {
    throw upstreamError('UPSTREAM_PROTOCOL', 'the server answered initialize with something else');
  }
  const revision = OLDER_REVISIONS.includes(protocolVersion) ? '2025-06-18' : protocolVersion;
  if (!isRevision(revision) || revision === LATEST_STATELESS) {
    throw upstreamError('UPSTREAM_PROTOCOL', 'the server wants a protocol revision that is not spoken here', {
      details: { protocolVersion },
    });
  }
  return {
    wireRevision: protocolVersion,
    facts: {
      era: 'session',
      revision,
      capabilities,
      info: serverInfo,
      ...(typeof instructions === 'string' && { instructions }),
    },
  };
}

/** The `_meta` that each request of the stateless era carries (2026-07-28 §basic). */
export function envelopeMeta(self: Introduction): JsonObject {
  return {
    [META_PROTOCOL_VERSION]: LATEST_STATELESS,
    [META_CLIENT_CAPABILITIES]: self.capabilities,
    [META_CLIENT_INFO]: self.info,
  };
}

export function discoverRequest(self: Introduction): JsonRpcRequest {
  return { jsonrpc: '2.0', id: 'ward-discover', method: 'server/discover', params: { _meta: envelopeMeta(self) } };
}

/** Facts from a `server/discover` answer; undefined where it is no evidence of the stateless era. */
export function readDiscovered(response: JsonRpcResponse): ServerFacts | undefined {
  if (isFailure(response)) return undefined;
  const { supportedVersions, capabilities, instructions, _meta, serverInfo } = response.result;
  if (!Array.isArray(supportedVersions) || !supportedVersions.includes(LATEST_STATELESS)) return undefined;
  if (!isJsonObject(capabilities)) return undefined;
  const named = isJsonObject(_meta) && isJsonObject(_meta[META_SERVER_INFO]) ? _meta[META_SERVER_INFO] : serverInfo;
  return {
    era: 'stateless',
    revision: LATEST_STATELESS,
    capabilities,
    info: isJsonObject(named) ? named : { name: 'unnamed', version: '0' },
    ...(typeof instructions === 'string' && { instructions }),
  };
}

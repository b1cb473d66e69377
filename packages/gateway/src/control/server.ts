import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { CodedError, uuid } from '@wardmesh/core';
import type { Gateway } from '../gateway.ts';
import { agentRoutes } from './agents.ts';
import { approvalRoutes } from './approvals.ts';
import { auditRoutes } from './audit.ts';
import { policyRoutes } from './policy.ts';
import { roleRoutes } from './roles.ts';
import { ControlRouter } from './router.ts';
import { serverRoutes } from './servers.ts';
import { statusRoutes } from './status.ts';

export type ControlErrorCode = 'CONTROL_REFUSED';

/** Bytes of a Unix socket's path (unix(7): 108 with the terminating zero). */
const MAX_SOCKET_PATH = 107;

/**
 * The operator's side: HTTP and JSON on a Unix socket inside the home (folder 0700, socket 0600). Whoever can open it is
 * the owner of the home. It can decide nothing that needs a signature: approvals carry their own.
 */
export class ControlServer {
  readonly #server: Server;
  readonly #path: string;

  constructor(gateway: Gateway, path: string) {
    this.#path = path;
    const router = new ControlRouter();
    for (const add of [statusRoutes, serverRoutes, approvalRoutes, agentRoutes, policyRoutes, auditRoutes, roleRoutes])
      add(router, gateway);
    this.#server = createServer((request, response) => {
      router
        .handle(request, response)
        .catch((error: unknown) => gateway.services.log.fault(uuid(gateway.services.random), error, { at: 'control' }));
    });
  }

  async listen(): Promise<void> {
    // The home is locked to us, so a socket that is there is one of a process that died.
    try {
      rmSync(this.#path, { force: true });
    } catch (cause) {
      throw refused(this.#path, cause);
    }
    const mask = process.umask(0o177);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', (cause) => reject(refused(this.#path, cause)));
        this.#server.listen(this.#path, resolve);
      });
    } finally {
      process.umask(mask);
    }
    chmodSync(this.#path, 0o600);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    rmSync(this.#path, { force: true });
  }
}

function refused(path: string, cause: unknown): CodedError<ControlErrorCode> {
  const tooLong = Buffer.byteLength(path) > MAX_SOCKET_PATH;
  return new CodedError('CONTROL_REFUSED', `${path} cannot be listened on.`, {
    hint: tooLong
      ? 'The path is too long for a socket; choose a home with a shorter one.'
      : 'Remove what is in its place, and see that the home is writable.',
    cause,
  });
}

import { isAbsolute } from 'node:path';
import { CodedError } from '@wardmesh/core';
import type { Gateway } from '../gateway.ts';
import { backUpTo } from '../home/back-up.ts';
import type { ControlRouter } from './router.ts';

const FOLLOW_POLL_MS = 250;

export function auditRoutes(router: ControlRouter, gateway: Gateway): void {
  const { home } = gateway;
  const { audit } = home;
  router.on('GET', '/v1/audit/tail', async ({ query, response, signal }) => {
    const limit = whole(query.get('limit'), 100);
    const given = query.get('after');
    if (query.get('follow') !== '1') {
      return {
        entries: given === null ? await audit.tail(limit) : await audit.find({ after: whole(given, 0), limit }),
      };
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    let after = given === null ? Math.max(0, audit.size - limit) : whole(given, 0);
    while (!signal.aborted) {
      for (const entry of await audit.find({ after, limit: 1_000 })) {
        response.write(`data: ${JSON.stringify(entry)}\n\n`);
        after = entry.sequence;
      }
      await new Promise((resolve) => setTimeout(resolve, FOLLOW_POLL_MS));
    }
    return undefined;
  });
  router.on('POST', '/v1/audit/verify', async ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const report = await audit.verify((checked, total) => response.write(`${JSON.stringify({ checked, total })}\n`));
    response.end(`${JSON.stringify({ done: true, ...report })}\n`);
    return undefined;
  });
  router.on('GET', '/v1/audit/receipts/:id', ({ parameters }) => audit.exportReceipt(parameters.id!));
  router.on('POST', '/v1/audit/checkpoint', async () => ({ checkpoint: await audit.checkpoint() }));
  router.on('POST', '/v1/audit/prune', async ({ body }) => {
    const before = gateway.services.clock.now() - gateway.config.audit.retention;
    return body.dryRun === true ? { dryRun: true, before } : { before, ...(await audit.prune({ before })) };
  });
  router.on('POST', '/v1/audit/backup', async ({ body }) => {
    const to = String(body.to ?? '');
    if (!isAbsolute(to)) throw new CodedError('FOLDER_INVALID', 'Name the folder by its whole path.');
    return backUpTo(home, to);
  });
}

function whole(text: string | null, otherwise: number): number {
  const value = Number(text ?? otherwise);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new CodedError('NUMBER_INVALID', `${text} is not a whole number.`);
  return value;
}

import { request } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';

/** Mean microseconds a call spends in each layer of the pipeline. */
export type LayerShares = Readonly<Record<string, number>>;

/**
 * Reads the gateway's own timing over its control socket.
 * @returns undefined where it keeps none (`WARD_TRACE_LAYERS` is not set, or it has seen no call)
 */
export async function readLayers(home: string): Promise<LayerShares | undefined> {
  const answer = await get(join(home, 'run', 'control.sock'), '/v1/layers').catch(() => undefined);
  const { calls, microseconds } = (answer ?? {}) as { calls?: number; microseconds?: Record<string, number> };
  if (!calls || !microseconds) return undefined;
  return Object.fromEntries(Object.entries(microseconds).map(([layer, sum]) => [layer, sum / calls]));
}

function get(socketPath: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, headers: { host: 'localhost' } }, (answer) => resolve(json(answer)));
    asked.on('error', reject).end();
  });
}

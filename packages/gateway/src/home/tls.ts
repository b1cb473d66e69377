import type { Clock, Random } from '@wardmesh/core';
import { ensureTlsMaterial, type TlsMaterial } from '../tls/index.ts';
import { tlsFiles } from './create.ts';
import type { Home } from './open.ts';

/** The certificate to serve with; undefined where the operator serves plain HTTP on this machine itself. */
export async function tlsOf(home: Home, clock: Clock, random: Random): Promise<TlsMaterial | undefined> {
  const { host, allowedHosts, insecureLoopback } = home.config.listen;
  if (insecureLoopback) return undefined;
  return ensureTlsMaterial({
    folder: home.paths.tls,
    hosts: [host, ...allowedHosts],
    clock,
    random,
    files: tlsFiles,
  });
}

import { NETWORKS, type Network } from '@wardmesh/wallet';

export function isNetwork(text: string): text is Network {
  return (NETWORKS as readonly string[]).includes(text);
}

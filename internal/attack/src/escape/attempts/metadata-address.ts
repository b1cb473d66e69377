import { type Attempt, node } from '../attempt.ts';

const FETCH = `require('http').get('http://169.254.169.254/latest/meta-data',r=>r.pipe(process.stdout)).on('error',console.log)`;
// A metadata service of our own, in a network namespace where nobody else sees it.
const SERVICE = `ip link set lo up && ip addr add 169.254.169.254/32 dev lo &&
"$1" -e 'require("http").createServer((q,s)=>s.end("METADATA")).listen(80,"169.254.169.254",()=>console.log("up"))' &
sleep 0.5; "$1" -e "$2"; kill %1`;

export const metadataAddress: Attempt = {
  name: 'metadata-address',
  tried: 'ask the cloud metadata address for credentials',
  stoppedBy: 'network namespace: no route',
  needsRoot: true,
  trial: () => node(FETCH),
  control: () => ({
    command: '/usr/bin/unshare',
    args: ['--net', 'sh', '-c', SERVICE, 'sh', process.execPath, FETCH],
    killAfterMs: 3_000,
  }),
  reached: (_scene, output) => output.includes('METADATA'),
};

export { openHttpPeer } from './http.ts';
export { type Answer, type Peer, textOf, wordOf } from './peer.ts';
export { openStdioPeer } from './stdio.ts';

export { type HostileHttpServer, type RunningHttpServer, startHostileHttp } from './http-server.ts';
export { httpServers } from './http-servers.ts';
export type { HostileServer } from './server.ts';
export { stdioServers } from './stdio-servers.ts';

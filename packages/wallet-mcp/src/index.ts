export type { Sleep } from './call.ts';
export { WalletMcpError, type WalletMcpErrorCode } from './error.ts';
export { type Failure, META_ERROR, META_TX } from './invoke.ts';
export { DEFAULT_ENDPOINTS, type Endpoints } from './ledger/networks.ts';
export { HELP, parseOptions, type Settings } from './options.ts';
export { runWalletServer, type WalletServer, type WalletServerOptions } from './run.ts';
export { META_AGENT } from './server.ts';
export type { AgentParams, AgentResult, SignerPort } from './signer/port.ts';
export { TOOLS } from './tools/index.ts';

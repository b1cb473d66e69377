export { defaultConfig } from './default-config.ts';
export type { ConfigErrorCode } from './error.ts';
export { wardJsonSchema } from './json-schema.ts';
export { MAX_CONFIG_BYTES } from './limits.ts';
export { assertConfig, configError, formatProblem, loadConfig } from './load.ts';
export { type PackageCommand, packageCommand } from './package-command.ts';
export { parseConfig } from './parse.ts';
export type { ConfigProblem } from './problems.ts';
export { formatDuration, formatSize, parseDuration, parseSize } from './quantities.ts';
export type { WardConfig } from './schema.ts';
export { fillTemplate, type SecretRef } from './secret-ref.ts';
export { SecretReader } from './secrets.ts';
export {
  type EgressRule,
  holdsSigner,
  isRemote,
  type RemoteServer,
  type ServerSettings,
  type StdioServer,
} from './server.ts';
export type { TraceSettings } from './telemetry.ts';
export type { ArgumentCheck, Label, ToolClass, ToolSettings } from './tools.ts';
export type { WalletSettings } from './wallet.ts';
export { wantsSigner } from './wants-signer.ts';
export { type ConfigChange, type ConfigWatch, watchConfig } from './watch.ts';

export { SignerError, type SignerErrorCode } from './error.ts';
export type { SignerLine, SignerLogSink } from './start/launch.ts';
export { type SignerEnd, type SignerProcess, type StartSignerOptions, startSigner } from './start/start.ts';

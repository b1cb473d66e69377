/** Event types of the seed, word for word (seed §Log Entry Structure; XR-AUD-1). */
export const SEED_EVENT_TYPES = [
  'wallet.create',
  'wallet.import',
  'wallet.export',
  'wallet.delete',
  'key.generate',
  'key.derive',
  'transaction.sign',
  'transaction.submit',
  'auth.success',
  'auth.failure',
  'auth.lockout',
  'security.rate_limit',
  'security.invalid_input',
  'security.suspicious',
] as const;

/** Ours. An intent precedes an effect; an outcome closes its intent; a read has no intent, as it changes nothing. */
export const EXTENSION_EVENT_TYPES = [
  'tool.intent',
  'tool.outcome',
  'tool.read',
  'approval.request',
  'approval.approve',
  'approval.deny',
  'approval.release',
  'approval.expire',
  'server.pin',
  'server.drift',
  'server.start',
  'server.stop',
  'server.login',
  'server.logout',
  'config.load',
  'config.refuse',
  'policy.load',
  'policy.refuse',
  'agent.add',
  'agent.revoke',
  'role.grant',
  'role.revoke',
  'passkey.add',
  'passkey.remove',
  'consent.allow',
  'consent.decline',
  'consent.revoke',
  'consent.expire',
  'device.approve',
  'key.rotate',
  'sandbox.violation',
  'system.start',
  'system.stop',
  'system.recovered',
  'system.clock_back',
  'audit.verify',
  'audit.prune',
  'audit.export',
  'audit.backup',
  'audit.restore',
  'access.read',
] as const;

export type SeedEventType = (typeof SEED_EVENT_TYPES)[number];
export type ExtensionEventType = (typeof EXTENSION_EVENT_TYPES)[number];
export type AuditEventType = SeedEventType | ExtensionEventType;

export const AUDIT_EVENT_TYPES: ReadonlySet<string> = new Set<string>([...SEED_EVENT_TYPES, ...EXTENSION_EVENT_TYPES]);
Object.freeze(SEED_EVENT_TYPES);
Object.freeze(EXTENSION_EVENT_TYPES);

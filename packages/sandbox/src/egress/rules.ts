import { isIP } from 'node:net';
import type { EgressRule } from '../profile.ts';

/** A host name as rules spell it: lower case, no trailing dot, no brackets around an IPv6 literal. */
export function normaliseHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

/** The first rule that grants a host and port. An address is granted by a rule of that very address only. */
export function matchRule(rules: readonly EgressRule[], host: string, port: number): EgressRule | undefined {
  return rules.find((rule) => rule.port === port && matchesHost(rule.host, host));
}

/**
 * The rule for a plain `http://` request. Without a port in the URL (80) a rule with secrets or of port 443 also matches:
 * the client speaks plain HTTP to the proxy, which opens TLS itself.
 */
export function matchPlainRule(rules: readonly EgressRule[], host: string, port: number): EgressRule | undefined {
  const exact = matchRule(rules, host, port);
  if (exact !== undefined || port !== 80) return exact;
  return rules.find((rule) => opensTls(rule) && matchesHost(rule.host, host));
}

/** Whether the proxy speaks TLS to this rule's upstream. A secret never leaves in the clear. */
export function opensTls(rule: EgressRule): boolean {
  return rule.port === 443 || (rule.secrets?.length ?? 0) > 0;
}

function matchesHost(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return pattern === host;
  return isIP(host) === 0 && host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
}

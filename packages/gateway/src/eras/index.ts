/**
 * Translation between protocol eras and revisions. Texts followed: MCP 2025-06-18, 2025-11-25 and 2026-07-28 (basic,
 * transports, client and server features, SEP-2322 multi round-trip requests, SEP-2243 headers, SEP-2549 cache hints,
 * SEP-2106 output schemas), and where they leave room, what the official TypeScript SDK 2.4.0 does on the wire.
 */
export { translated } from './translated.ts';

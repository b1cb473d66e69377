import type { Gateway } from '@wardmesh/gateway';

type Recovery = Gateway['home']['recovery'];

/** What the last stop left behind and this start did about it, for people; nothing where it was a clean one. */
export function recoveryLines(recovery: Recovery): string[] {
  const lines: string[] = [];
  const interrupted = recovery.closedIntents.length;
  if (interrupted > 0) {
    const calls = interrupted === 1 ? '1 call was' : `${interrupted} calls were`;
    lines.push(`recovered: ${calls} interrupted; recorded as unknown, because nobody knows how far it came`);
    for (const { outcome } of recovery.closedIntents.slice(0, 5))
      lines.push(`  ward audit export --receipt ${outcome}`);
  }
  if (recovery.droppedBytes > 0) {
    lines.push(`recovered: cut off ${recovery.droppedBytes} bytes of a torn last write, which nobody was told of`);
  }
  if (recovery.damagedAnchorBytes > 0) lines.push('recovered: the head of the log was half written, and made again');
  return lines;
}

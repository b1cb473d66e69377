import { syscallAttempt } from '../attempt.ts';

// Its own number is allowed by every ownership check, so only the filter stands in the way.
export const processVm = syscallAttempt('process-vm', [310, 270], '$$, $io, 1, $io2, 1, 0', {
  tried: "read another process's memory by process_vm_readv",
  setUp: 'my $b = "x" x 64; my $t = "y" x 64; my $io = pack("PQ", $b, 8); my $io2 = pack("PQ", $t, 8);',
});

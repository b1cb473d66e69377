import { syscallAttempt } from '../attempt.ts';

// BPF_MAP_CREATE, an array of one.
export const bpf = syscallAttempt('bpf', [321, 280], '0, $a, 72', {
  tried: 'make a BPF map',
  needsRoot: true,
  setUp: 'my $a = pack("L4", 2, 4, 8, 1) . "\\0" x 104;',
});

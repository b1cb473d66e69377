import { syscallAttempt } from '../attempt.ts';

// ADJ_OFFSET_SINGLESHOT by nothing: needs the right to set the clock, moves it not at all.
export const setClock = syscallAttempt('set-clock', [159, 171], '$t', {
  tried: "adjust the machine's clock",
  needsRoot: true,
  setUp: 'my $t = pack("L", 0x8001) . "\\0" x 252;',
});

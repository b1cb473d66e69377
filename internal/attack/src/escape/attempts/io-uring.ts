import { syscallAttempt } from '../attempt.ts';

export const ioUring = syscallAttempt('io-uring', [425, 425], '1, $p', {
  tried: 'set up an io_uring, which runs calls past the filter',
  setUp: 'my $p = "\\0" x 120;',
});

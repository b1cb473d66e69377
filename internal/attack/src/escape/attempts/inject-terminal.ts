import { type Attempt, passed, perl } from '../attempt.ts';

// Its own pseudo-terminal: TIOCSTI is refused for the call itself, not for want of a terminal.
const INJECT = `
sysopen(my $m, "/dev/ptmx", 2) or die "ptmx"; my $z = pack("i", 0); ioctl($m, 0x40045431, $z); my $n = pack("i", 0); ioctl($m, 0x80045430, $n);
my $pid = fork(); if (!$pid) { require POSIX; POSIX::setsid(); sysopen(my $s, "/dev/pts/" . unpack("i", $n), 2) or exit 3; my $c = "x"; exit(ioctl($s, 0x5412, $c) ? 0 : 1) }
waitpid($pid, 0); $? == 0`;

export const injectTerminal: Attempt = {
  name: 'inject-terminal',
  tried: 'type into a terminal with TIOCSTI',
  stoppedBy: 'seccomp filter; a session of its own',
  needsRoot: true,
  trial: () => perl(INJECT),
  reached: passed,
};

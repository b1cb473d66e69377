import { assemble, type Step } from './bpf.ts';
import { type Architecture, AUDIT_ARCH, INSPECTED, NEWEST_SYSCALL, numberOf, REFUSED } from './syscalls.ts';

// struct seccomp_data: nr, arch, instruction_pointer, args[6]; little-endian, so an argument's low word comes first.
const NR = 0;
const ARCH = 4;
const argument = (index: number): number => 16 + 8 * index;

// seccomp(2) return values; the low half of RET_ERRNO is the error number.
export const RET_ALLOW = 0x7fff0000;
export const RET_KILL_PROCESS = 0x80000000;
const RET_ERRNO = 0x00050000;
export const EPERM = RET_ERRNO | 1;
export const ENOSYS = RET_ERRNO | 38;
export const EAFNOSUPPORT = RET_ERRNO | 97;

/** x32 calls carry this bit on x86_64 (__X32_SYSCALL_BIT): the same kernel behind other numbers. */
const X32_BIT = 0x40000000;
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET (sched.h). NEWTIME is clone3's alone. */
const CLONE_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000;
const AF_UNIX = 1;
const AF_INET = 2;
/** The type without SOCK_NONBLOCK and SOCK_CLOEXEC. */
const SOCKET_TYPE_MASK = 0xf;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_SEQPACKET = 5;
/** Inject a character into a terminal; drive the Linux console. */
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;

/** The sandbox's filter as bytes for `bwrap --seccomp`. */
export function seccompFilter(architecture: Architecture): Uint8Array {
  return assemble(filterSteps(architecture));
}

function filterSteps(architecture: Architecture): Step[] {
  const nr = (name: keyof typeof INSPECTED): number => numberOf(INSPECTED[name], architecture)!;
  const equal = (value: number, yes: string): Step => ({ op: 'jump', test: 'equal', value, yes });
  const refused = Object.values(REFUSED)
    .map((pair) => numberOf(pair, architecture))
    .filter((number) => number !== null);

  return [
    { op: 'load', offset: ARCH },
    { op: 'jump', test: 'equal', value: AUDIT_ARCH[architecture], no: 'kill' },
    { op: 'load', offset: NR },
    ...(architecture === 'x64'
      ? [{ op: 'jump', test: 'greater-or-equal', value: X32_BIT, yes: 'kill' } as const satisfies Step]
      : []),
    { op: 'jump', test: 'greater-or-equal', value: NEWEST_SYSCALL + 1, yes: 'enosys' },
    equal(nr('clone'), 'clone'),
    // Its flags lie behind a pointer, which a filter cannot read; libc falls back to clone.
    equal(nr('clone3'), 'enosys'),
    equal(nr('socket'), 'socket'),
    equal(nr('socketpair'), 'socketpair'),
    equal(nr('ioctl'), 'ioctl'),
    ...refused.map((number) => equal(number, 'eperm')),
    { op: 'return', value: RET_ALLOW },

    { op: 'label', name: 'clone' },
    { op: 'load', offset: argument(0) },
    { op: 'jump', test: 'any-bit', value: CLONE_NAMESPACES, yes: 'eperm', no: 'allow' },

    { op: 'label', name: 'socket' },
    { op: 'load', offset: argument(0) },
    equal(AF_UNIX, 'socket-type'),
    { op: 'jump', test: 'equal', value: AF_INET, no: 'eafnosupport' },
    { op: 'label', name: 'socket-type' },
    { op: 'load', offset: argument(1) },
    { op: 'and', value: SOCKET_TYPE_MASK },
    equal(SOCK_STREAM, 'allow'),
    equal(SOCK_DGRAM, 'allow'),
    { op: 'jump', test: 'equal', value: SOCK_SEQPACKET, yes: 'allow', no: 'eperm' },

    { op: 'label', name: 'socketpair' },
    { op: 'load', offset: argument(0) },
    { op: 'jump', test: 'equal', value: AF_UNIX, yes: 'allow', no: 'eafnosupport' },

    { op: 'label', name: 'ioctl' },
    { op: 'load', offset: argument(1) },
    equal(TIOCSTI, 'eperm'),
    { op: 'jump', test: 'equal', value: TIOCLINUX, yes: 'eperm', no: 'allow' },

    { op: 'label', name: 'allow' },
    { op: 'return', value: RET_ALLOW },
    { op: 'label', name: 'eperm' },
    { op: 'return', value: EPERM },
    { op: 'label', name: 'eafnosupport' },
    { op: 'return', value: EAFNOSUPPORT },
    { op: 'label', name: 'enosys' },
    { op: 'return', value: ENOSYS },
    { op: 'label', name: 'kill' },
    { op: 'return', value: RET_KILL_PROCESS },
  ];
}

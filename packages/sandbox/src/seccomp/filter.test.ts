import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assemble } from './bpf.ts';
import { EAFNOSUPPORT, ENOSYS, EPERM, RET_ALLOW, RET_KILL_PROCESS, seccompFilter } from './filter.ts';
import { type Architecture, AUDIT_ARCH, INSPECTED, NEWEST_SYSCALL, numberOf, REFUSED } from './syscalls.ts';

interface Call {
  readonly nr: number;
  readonly arch?: number;
  readonly args?: readonly (number | bigint)[];
}

/** A reader of classic BPF, written from linux/filter.h alone, so that it shares no mistake with the assembler. */
function run(program: Uint8Array, call: Call, architecture: Architecture): number {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, call.nr >>> 0, true);
  data.setUint32(4, call.arch ?? AUDIT_ARCH[architecture], true);
  for (const [i, arg] of (call.args ?? []).entries()) data.setBigUint64(16 + 8 * i, BigInt(arg), true);
  const code = new DataView(program.buffer, program.byteOffset, program.byteLength);
  let accumulator = 0;
  for (let pc = 0; pc * 8 < program.byteLength; pc++) {
    const k = code.getUint32(pc * 8 + 4, true);
    const jump = (taken: boolean): void => {
      pc += code.getUint8(pc * 8 + (taken ? 2 : 3));
    };
    switch (code.getUint16(pc * 8, true)) {
      case 0x20:
        accumulator = data.getUint32(k, true);
        break;
      case 0x54:
        accumulator = (accumulator & k) >>> 0;
        break;
      case 0x15:
        jump(accumulator === k);
        break;
      case 0x35:
        jump(accumulator >= k);
        break;
      case 0x45:
        jump((accumulator & k) !== 0);
        break;
      case 0x06:
        return k;
      default:
        throw new Error(`instruction ${pc} is unknown`);
    }
  }
  throw new Error('the program ran off its end');
}

describe.each(['x64', 'arm64'] as const)('the seccomp filter for %s', (architecture) => {
  const program = seccompFilter(architecture);
  const decide = (call: Call): number => run(program, call, architecture);
  const nr = (name: keyof typeof INSPECTED): number => numberOf(INSPECTED[name], architecture)!;

  test.each(Object.entries(REFUSED))('refuses %s', (_name, pair) => {
    const number = numberOf(pair, architecture);
    if (number !== null) expect(decide({ nr: number })).toBe(EPERM);
  });

  test('kills a caller of another architecture', () => {
    expect(decide({ nr: 0, arch: AUDIT_ARCH[architecture === 'x64' ? 'arm64' : 'x64'] })).toBe(RET_KILL_PROCESS);
    expect(decide({ nr: 0, arch: 0x40000003 })).toBe(RET_KILL_PROCESS); // i386 through int 0x80
  });

  test('knows no call newer than itself', () => {
    expect(decide({ nr: NEWEST_SYSCALL + 1 })).toBe(ENOSYS);
    expect(decide({ nr: nr('clone3') })).toBe(ENOSYS);
  });

  test('lets threads and processes start, not namespaces', () => {
    const threads = 0x3d0f00; // what pthread_create asks for
    expect(decide({ nr: nr('clone'), args: [threads] })).toBe(RET_ALLOW);
    expect(decide({ nr: nr('clone'), args: [17] })).toBe(RET_ALLOW);
    for (const flag of [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]) {
      expect(decide({ nr: nr('clone'), args: [flag | 17] })).toBe(EPERM);
    }
  });

  test.each([
    ['AF_UNIX stream, close-on-exec', [1, 1 | 0o2000000, 0], RET_ALLOW],
    ['AF_INET datagram', [2, 2, 0], RET_ALLOW],
    ['AF_INET raw', [2, 3, 1], EPERM],
    ['AF_INET raw, non-blocking', [2, 3 | 0o4000, 1], EPERM],
    ['AF_INET SOCK_PACKET', [2, 10, 0], EPERM],
    ['AF_INET6', [10, 1, 0], EAFNOSUPPORT],
    ['AF_NETLINK', [16, 3, 0], EAFNOSUPPORT],
    ['AF_PACKET', [17, 3, 0], EAFNOSUPPORT],
    ['AF_ALG', [38, 5, 0], EAFNOSUPPORT],
    ['AF_VSOCK', [40, 1, 0], EAFNOSUPPORT],
  ] as const)('judges socket %s', (_name, args, verdict) => {
    expect(decide({ nr: nr('socket'), args })).toBe(verdict);
  });

  test('refuses TIOCSTI also with garbage in the upper half, which the kernel ignores', () => {
    expect(decide({ nr: nr('ioctl'), args: [0, 0x5412] })).toBe(EPERM);
    expect(decide({ nr: nr('ioctl'), args: [0, 0x1_0000_5412n] })).toBe(EPERM);
    expect(decide({ nr: nr('ioctl'), args: [0, 0x541c] })).toBe(EPERM);
    expect(decide({ nr: nr('ioctl'), args: [0, 0x5413] })).toBe(RET_ALLOW);
  });

  test('decides every call with one of five words, and ends', () => {
    const words = new Set([RET_ALLOW, EPERM, ENOSYS, EAFNOSUPPORT, RET_KILL_PROCESS]);
    fc.assert(
      fc.property(
        fc.nat(0xffffffff),
        fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 6 }),
        (n, args) => words.has(decide({ nr: n, args })),
      ),
    );
  });

  test('allows what Node lives on', () => {
    const x64 = [0, 1, 3, 9, 10, 12, 24, 59, 61, 202, 232, 233, 257, 281, 288, 302, 318, 332, 334];
    const arm64 = [63, 64, 57, 222, 226, 214, 124, 221, 260, 98, 22, 21, 56, 20, 242, 261, 278, 291, 293];
    for (const number of architecture === 'x64' ? x64 : arm64) expect(decide({ nr: number })).toBe(RET_ALLOW);
  });
});

test('the x32 numbers, a second door to the same kernel, are closed', () => {
  expect(run(seccompFilter('x64'), { nr: 0x40000000 | 101 }, 'x64')).toBe(RET_KILL_PROCESS);
  expect(run(seccompFilter('x64'), { nr: -1 }, 'x64')).toBe(RET_KILL_PROCESS);
});

describe('the assembler', () => {
  test('encodes struct sock_filter little-endian', () => {
    expect([...assemble([{ op: 'return', value: RET_ALLOW }])]).toEqual([6, 0, 0, 0, 0, 0, 0xff, 0x7f]);
  });

  test.each([
    ['an unknown label', [{ op: 'jump', test: 'equal', value: 1, yes: 'nowhere' }]],
    [
      'a backward jump',
      [
        { op: 'label', name: 'a' },
        { op: 'jump', test: 'equal', value: 1, yes: 'a' },
      ],
    ],
    [
      'a label at the end',
      [
        { op: 'jump', test: 'equal', value: 1, yes: 'a' },
        { op: 'label', name: 'a' },
      ],
    ],
    [
      'a label twice',
      [
        { op: 'label', name: 'a' },
        { op: 'label', name: 'a' },
      ],
    ],
  ] as const)('refuses %s', (_name, steps) => {
    expect(() => assemble(steps)).toThrow(RangeError);
  });

  test('refuses a jump over more than 255 instructions', () => {
    const far = Array.from({ length: 256 }, () => ({ op: 'load', offset: 0 }) as const);
    expect(() =>
      assemble([
        { op: 'jump', test: 'equal', value: 1, yes: 'a' },
        ...far,
        { op: 'label', name: 'a' },
        { op: 'return', value: 0 },
      ]),
    ).toThrow(RangeError);
  });
});

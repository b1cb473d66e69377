import type { Attempt } from '../attempt.ts';
import { abstractSocket } from './abstract-socket.ts';
import { bpf } from './bpf.ts';
import { cloneNamespace } from './clone-namespace.ts';
import { coreDump } from './core-dump.ts';
import { deviceNode } from './device-node.ts';
import { dnsLookup } from './dns-lookup.ts';
import { dotDot } from './dot-dot.ts';
import { fillDisk } from './fill-disk.ts';
import { forkBomb } from './fork-bomb.ts';
import { hardLink } from './hard-link.ts';
import { hiddenMemory } from './hidden-memory.ts';
import { hugeFile } from './huge-file.ts';
import { inet6Socket } from './inet6-socket.ts';
import { inheritEnvironment } from './inherit-environment.ts';
import { injectTerminal } from './inject-terminal.ts';
import { ioUring } from './io-uring.ts';
import { kernelLog } from './kernel-log.ts';
import { keyring } from './keyring.ts';
import { killAll } from './kill-all.ts';
import { killVictim } from './kill-victim.ts';
import { memoryBomb } from './memory-bomb.ts';
import { metadataAddress } from './metadata-address.ts';
import { mount } from './mount.ts';
import { netlinkSocket } from './netlink-socket.ts';
import { outliveExit } from './outlive-exit.ts';
import { outliveKill } from './outlive-kill.ts';
import { packetSocket } from './packet-socket.ts';
import { procEnviron } from './proc-environ.ts';
import { procMemory } from './proc-memory.ts';
import { procRoot } from './proc-root.ts';
import { processVm } from './process-vm.ts';
import { ptrace } from './ptrace.ts';
import { raiseLimits } from './raise-limits.ts';
import { rawSocket } from './raw-socket.ts';
import { readShadow } from './read-shadow.ts';
import { readSshKey } from './read-ssh-key.ts';
import { readWardKeys } from './read-ward-keys.ts';
import { renameOver } from './rename-over.ts';
import { setClock } from './set-clock.ts';
import { setUserId } from './set-user-id.ts';
import { signalGateway } from './signal-gateway.ts';
import { spinCpu } from './spin-cpu.ts';
import { symlinkRead } from './symlink-read.ts';
import { symlinkWrite } from './symlink-write.ts';
import { sysrq } from './sysrq.ts';
import { tcpLoopback } from './tcp-loopback.ts';
import { userNamespace } from './user-namespace.ts';
import { userfaultfd } from './userfaultfd.ts';
import { vsockSocket } from './vsock-socket.ts';
import { writeOutside } from './write-outside.ts';
import { writeReadOnly } from './write-read-only.ts';
import { writeSysctl } from './write-sysctl.ts';

/** Every attempt: files, processes, network, resources, kernel. */
export const ATTEMPTS: readonly Attempt[] = [
  abstractSocket,
  bpf,
  cloneNamespace,
  coreDump,
  deviceNode,
  dnsLookup,
  dotDot,
  fillDisk,
  forkBomb,
  hardLink,
  hiddenMemory,
  hugeFile,
  inet6Socket,
  inheritEnvironment,
  injectTerminal,
  ioUring,
  kernelLog,
  keyring,
  killAll,
  killVictim,
  memoryBomb,
  metadataAddress,
  mount,
  netlinkSocket,
  outliveExit,
  outliveKill,
  packetSocket,
  procEnviron,
  procMemory,
  procRoot,
  processVm,
  ptrace,
  raiseLimits,
  rawSocket,
  readShadow,
  readSshKey,
  readWardKeys,
  renameOver,
  setClock,
  setUserId,
  signalGateway,
  spinCpu,
  symlinkRead,
  symlinkWrite,
  sysrq,
  tcpLoopback,
  userNamespace,
  userfaultfd,
  vsockSocket,
  writeOutside,
  writeReadOnly,
  writeSysctl,
];

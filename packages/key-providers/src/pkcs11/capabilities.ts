import type { Algorithm, ProviderCapabilities } from '@wardmesh/vault';
import type { Token } from './token.ts';

/** What a token protects. A token in software is none of the things that people buy a token for, and says so. */
export function pkcs11Capabilities(token: Token, algorithms: readonly Algorithm[]): ProviderCapabilities {
  const { isHardware, manufacturer } = token;
  return Object.freeze({
    kind: 'pkcs11',
    algorithms,
    atRest: isHardware ? 'hardware' : 'password-sealed-file',
    inUse: isHardware ? 'hardware' : 'process-memory',
    survivesStolenDisk: true,
    survivesHostTakeover: isHardware,
    isDestructionFinal: isHardware,
    canBackup: false,
    statement: isHardware
      ? `Keys are made in and never leave a token that its module (${manufacturer}) calls hardware, which we cannot ` +
        'verify: a stolen disk and a stolen machine yield no key. Whoever controls this machine while the token is ' +
        'logged in can have it sign, and a lost token is a lost key, which no backup holds.'
      : `The token (${manufacturer}) is software: keys lie in files sealed under its PIN and are in the memory of the ` +
        'signer while it runs. It protects no more than a local file, older copies of its files still hold destroyed ' +
        'keys, and is meant for tests.',
  });
}

/**
 * A process that imports a secret, unlocks, signs, makes a backup and then writes down its whole heap. Arguments: the
 * secret in hex with every bit flipped (so that the argument is not the secret), the address, where the heap goes, and
 * `leak` for the control, which keeps the secret as text.
 */
import { writeHeapSnapshot } from 'node:v8';
import { machine } from './keystore/keystore.fixture.ts';
import { Keystore } from './keystore/keystore.ts';
import { SecureBuffer } from './secure-buffer/secure-buffer.ts';
import { inspectSecret } from './seeds/detect.ts';

const [, , flipped = '', confirmedAddress = '', path = '', leak = ''] = process.argv;
const read = (): SecureBuffer => SecureBuffer.take(Buffer.from(flipped, 'hex').map((byte) => byte ^ 0xff));
const password = (): SecureBuffer =>
  SecureBuffer.take(Uint8Array.of(80, 97, 115, 115, 119, 111, 114, 100, 32, 49, 50, 51, 52));
const backupPassword = (): SecureBuffer =>
  SecureBuffer.take(Uint8Array.of(66, 97, 99, 107, 117, 112, 32, 112, 97, 115, 115, 49, 50));

const kept = leak === 'leak' ? [read().getBuffer().toString()] : [];
const keystore = await Keystore.open(machine().options);
inspectSecret(read());
const { walletId } = await keystore.import({ name: 'till', password: password(), secret: read(), confirmedAddress });
await keystore.unlock(walletId, password());
keystore.sign(walletId, Uint8Array.of(1, 2, 3));
await keystore.backup(walletId, password(), backupPassword());
writeHeapSnapshot(path);
process.exitCode = kept.length > 1 ? 1 : 0;

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { CodedError, Secret } from '@wardmesh/core';
import type { ConfigErrorCode } from './error.ts';
import { MAX_SECRET_BYTES } from './limits.ts';
import type { SecretRef } from './secret-ref.ts';

/**
 * Reads what `ward.yaml` refers to. A file is read each time, so that a rotated secret takes effect at the next use; a
 * descriptor gives its bytes once, so they are kept.
 */
export class SecretReader {
  readonly #descriptors = new Map<number, Secret>();

  /** @throws CodedError CONFIG_SECRET_UNAVAILABLE; it names the place and never the value. */
  read(ref: SecretRef): Secret {
    if ('keychain' in ref) {
      throw unavailable(
        `the keychain entry ${ref.keychain}`,
        'keychains are not available yet',
        'Use {file: PATH} or {fd: NUMBER}.',
      );
    }
    if ('file' in ref) return readFile(ref.file);
    const known = this.#descriptors.get(ref.fd);
    if (known !== undefined) return known;
    const secret = readDescriptor(ref.fd);
    this.#descriptors.set(ref.fd, secret);
    return secret;
  }
}

function readFile(path: string): Secret {
  const place = `the secret file ${path}`;
  let descriptor: number;
  try {
    // O_NOFOLLOW: a link put there by another could lead to a file the operator did not mean.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (cause) {
    throw unavailable(
      place,
      'cannot be opened',
      'It must exist, be readable by this user and be no symbolic link.',
      cause,
    );
  }
  try {
    const facts = fstatSync(descriptor);
    if (!facts.isFile()) throw unavailable(place, 'is not a file');
    if ((facts.mode & 0o077) !== 0) throw unavailable(place, 'is open to other users', `chmod 600 ${path}`);
    return toSecret(readAll(descriptor, place), place);
  } finally {
    closeSync(descriptor);
  }
}

function readDescriptor(fd: number): Secret {
  const place = `the secret of file descriptor ${fd}`;
  try {
    return toSecret(readAll(fd, place), place);
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw unavailable(place, 'cannot be read', `Start ward with it open, for example ${fd}<secret.txt`, cause);
  }
}

function readAll(descriptor: number, place: string): Buffer {
  const buffer = Buffer.alloc(MAX_SECRET_BYTES + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length < buffer.length; length += read) {
    read = readSync(descriptor, buffer, length, buffer.length - length, null);
  }
  if (length > MAX_SECRET_BYTES) throw unavailable(place, `is larger than ${MAX_SECRET_BYTES} bytes`);
  return buffer.subarray(0, length);
}

function toSecret(bytes: Buffer, place: string): Secret {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '');
  } catch {
    throw unavailable(place, 'is not UTF-8 text');
  } finally {
    bytes.fill(0);
  }
  if (text === '') throw unavailable(place, 'is empty');
  return new Secret(text);
}

function unavailable(place: string, reason: string, hint?: string, cause?: unknown): CodedError<ConfigErrorCode> {
  return new CodedError<ConfigErrorCode>('CONFIG_SECRET_UNAVAILABLE', `${place} ${reason}`, {
    ...(hint !== undefined && { hint }),
    ...(cause !== undefined && { cause }),
  });
}

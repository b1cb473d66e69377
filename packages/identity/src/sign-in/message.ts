import { err, ok, type Result } from '@wardmesh/core';
import { MAX_MESSAGE_LENGTH, MAX_REQUEST_ID_LENGTH, MAX_RESOURCES, MAX_STATEMENT_LENGTH } from '../limits.ts';

/**
 * What a person reads and signs. EIP-4361's layout, which Sign-In With Solana shares and which we use for XRPL and Sui
 * too. Stricter than EIP-4361: statement and expiry are required, scheme and Not Before are not used, and every character
 * is printable ASCII, so nothing can be confusable, bidirectional, hidden or normalised away.
 */
export interface SignInMessage {
  /** Host, and port where it is not the default; lower case, internationalised names in their `xn--` form. */
  readonly domain: string;
  readonly address: string;
  readonly statement: string;
  readonly uri: string;
  /** What stands in the Chain ID line; each kind of wallet has its own spelling. */
  readonly chainId: string;
  readonly nonce: string;
  /** RFC 3339 in UTC with milliseconds. */
  readonly issuedAt: string;
  readonly expirationTime: string;
  readonly requestId?: string;
  readonly resources?: readonly string[];
}

export type AccountWord = 'Ethereum' | 'Solana' | 'XRPL' | 'Sui';

export type MessageFault = 'too long' | 'not ASCII' | 'layout' | 'domain' | 'field';

/** EIP-4361's `statement`: reserved, unreserved and space. */
const STATEMENT = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;= ]+$/;
const DOMAIN =
  /^(?:(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?|\[[0-9a-f:]{2,39}\])(?::[1-9][0-9]{0,4})?$/;
/** RFC 3986 characters; whether it is our URI is decided by comparison. */
const URI = /^[a-z][a-z0-9+.-]*:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/;
const NONCE = /^[A-Za-z0-9]{8,128}$/;
const REQUEST_ID = /^[A-Za-z0-9\-._~!$&'()*+,;=:@%]+$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const ADDRESS = /^[A-Za-z0-9]{1,128}$/;
const CHAIN_ID = /^[-_a-zA-Z0-9:]{1,41}$/;

export function isDomain(text: string): boolean {
  return text.length <= 255 && DOMAIN.test(text);
}

/** The text of a message. Parsing it gives the message back. */
export function buildMessage(word: AccountWord, message: SignInMessage): string {
  const lines = [
    `${message.domain} wants you to sign in with your ${word} account:`,
    message.address,
    '',
    message.statement,
    '',
    `URI: ${message.uri}`,
    'Version: 1',
    `Chain ID: ${message.chainId}`,
    `Nonce: ${message.nonce}`,
    `Issued At: ${message.issuedAt}`,
    `Expiration Time: ${message.expirationTime}`,
  ];
  if (message.requestId !== undefined) lines.push(`Request ID: ${message.requestId}`);
  if (message.resources !== undefined) lines.push('Resources:', ...message.resources.map((uri) => `- ${uri}`));
  return lines.join('\n');
}

/** The message a text spells, where it spells one exactly: no other text has the same message. */
export function parseMessage(word: AccountWord, text: string): Result<SignInMessage, MessageFault> {
  if (text.length > MAX_MESSAGE_LENGTH) return err('too long');
  if (!/^[\x20-\x7e\n]*$/.test(text)) return err('not ASCII');
  const lines = text.split('\n');
  const suffix = ` wants you to sign in with your ${word} account:`;
  const [first = '', address = '', blank, statement = '', secondBlank] = lines;
  if (!first.endsWith(suffix) || blank !== '' || secondBlank !== '') return err('layout');

  let next = 5;
  const take = (name: string): string | undefined => {
    const line = lines[next];
    if (line === undefined || !line.startsWith(`${name}: `)) return undefined;
    next++;
    return line.slice(name.length + 2);
  };
  const uri = take('URI');
  const version = take('Version');
  const chainId = take('Chain ID');
  const nonce = take('Nonce');
  const issuedAt = take('Issued At');
  const expirationTime = take('Expiration Time');
  const requestId = take('Request ID');
  const resources = lines[next] === 'Resources:' ? lines.slice(next + 1) : undefined;
  if (uri === undefined || version !== '1' || chainId === undefined || nonce === undefined) return err('layout');
  if (issuedAt === undefined || expirationTime === undefined) return err('layout');
  if (resources === undefined ? next !== lines.length : !resources.every((line) => line.startsWith('- '))) {
    return err('layout');
  }
  const message: SignInMessage = {
    domain: first.slice(0, -suffix.length),
    address,
    statement,
    uri,
    chainId,
    nonce,
    issuedAt,
    expirationTime,
    ...(requestId !== undefined && { requestId }),
    ...(resources !== undefined && { resources: resources.map((line) => line.slice(2)) }),
  };
  const fault = findFault(message);
  if (fault !== undefined) return err(fault);
  return buildMessage(word, message) === text ? ok(message) : err('layout');
}

/** What stands against a message, or undefined: both what we build and what we parse is held to it. */
export function findFault(message: SignInMessage): MessageFault | undefined {
  if (!isDomain(message.domain)) return 'domain';
  const good =
    ADDRESS.test(message.address) &&
    message.statement.length <= MAX_STATEMENT_LENGTH &&
    STATEMENT.test(message.statement) &&
    URI.test(message.uri) &&
    CHAIN_ID.test(message.chainId) &&
    NONCE.test(message.nonce) &&
    isTime(message.issuedAt) &&
    isTime(message.expirationTime) &&
    (message.requestId === undefined ||
      (message.requestId.length <= MAX_REQUEST_ID_LENGTH && REQUEST_ID.test(message.requestId))) &&
    (message.resources === undefined ||
      (message.resources.length <= MAX_RESOURCES && message.resources.every((uri) => URI.test(uri))));
  return good ? undefined : 'field';
}

/** RFC 3339 in UTC with milliseconds, of a day that exists. */
function isTime(text: string): boolean {
  if (!TIME.test(text)) return false;
  const at = Date.parse(text);
  return Number.isFinite(at) && new Date(at).toISOString() === text;
}

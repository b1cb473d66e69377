import { toHex } from '@wardmesh/core';
import { sha256Text } from '@wardmesh/crypto';

/** `previousHash` of the first entry: hex SHA-256("GENESIS") (seed §Tamper-Evident Logging; XR-AUD-2). */
export const GENESIS_HASH = toHex(sha256Text('GENESIS'));

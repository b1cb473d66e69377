import { canonicalBytes } from '@wardmesh/core';
import { contentHash } from '@wardmesh/crypto';

/** Version of what the signer's messages mean. A change of meaning changes it, and voids every approval given before. */
export const PROTOCOL_VERSION = 1;

/** What approvals bind as the tool's pin. */
export const SIGN_PIN: string = contentHash(canonicalBytes({ signer: 'wardmesh', protocol: PROTOCOL_VERSION }));

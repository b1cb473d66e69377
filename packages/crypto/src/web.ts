/** What the reader needs, in pure JavaScript: runs in every browser and imports nothing of Node. */
export { ed25519Verify } from './web/ed25519.ts';
export { sha256 } from './web/sha256.ts';

export type TlsErrorCode =
  /** A file under `tls/` is damaged or does not belong to the others. */
  | 'TLS_MATERIAL_INVALID'
  /** The server's key is not the pinned one. */
  | 'TLS_PIN_MISMATCH';

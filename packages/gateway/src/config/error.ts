/** Codes of errors this folder throws. */
export type ConfigErrorCode =
  /** `ward.yaml` is missing or cannot be read. */
  | 'CONFIG_UNREADABLE'
  /** `ward.yaml` was read and refused; `details.problems` lists why. */
  | 'CONFIG_INVALID'
  /** A secret's file, descriptor or keychain entry is missing, empty, too open or not available here. */
  | 'CONFIG_SECRET_UNAVAILABLE'
  /** `package:` names a package that is not installed or has no command. */
  | 'CONFIG_PACKAGE_UNAVAILABLE';

/** Our own client at every gateway: it comes back by loopback redirect or device code, and has no secret. */
export const CLI_CLIENT = 'wardmesh-cli';
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
/** What the command line asks for: to act as the console does. */
export const LOGIN_SCOPE = 'api';

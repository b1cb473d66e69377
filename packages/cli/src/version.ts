/** Version of the command line; equals that of its package.json, which a test holds. */
export const VERSION = '0.1.0';

import { config } from 'zod';

// Compiling schemas to functions is evaluation, which the page's policy forbids: do not even try.
config({ jitless: true });

import { takeStandardOutput } from './protocol-output.ts';

/** Taken before any other module of the process is evaluated: main.ts imports this one first. */
export const output = takeStandardOutput();

export { type BuiltConsole, buildConsole } from './build.ts';

export { type Attempt, renderAttempts, type Verdict } from './attempt.ts';
export { runAttacks } from './run.ts';

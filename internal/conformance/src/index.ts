export type { Report, SetReport } from './report.ts';
export { render } from './report.ts';
export { runConformance, TARGETS, type Target } from './run.ts';

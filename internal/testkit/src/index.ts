// Only what costs nothing to load: every test imports this. The rest has its own entry (`@wardmesh/testkit/gateway`, …).
export { verifies } from './verifies.ts';

export { type CaseResult, type PolicyCase, parseCases, testPolicies, toQuery } from './cases.ts';
export { DEFAULT_POLICY, DEFAULT_POLICY_FILE } from './defaults.ts';
export { PolicyEngine } from './engine.ts';
export { type Explanation, explain, type PolicyTrace } from './explain.ts';
export {
  ACTIONS,
  type Action,
  type Catalogue,
  type CatalogueServer,
  type CatalogueTool,
  type Decision,
  type Effect,
  type PolicyFile,
  type PolicyProblem,
  type PolicyQuery,
  type Principal,
  type Resource,
} from './model.ts';
export { generateSchema, NAMESPACE } from './schema.ts';
export type { SourcePolicy } from './sources.ts';
export {
  type Classification,
  classify,
  type RateTier,
  rateTier,
  type ToolClass,
  type ToolClassQuery,
  toolClass,
} from './tool-class.ts';

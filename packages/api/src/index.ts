export { ApiClient, type ApiClientOptions } from './client.ts';
export type { AnswerOf, BodyOf, Endpoint, Method, ParamsOf, Permission, QueryOf } from './endpoint.ts';
export type { ActivityEntry } from './endpoints/activity.ts';
export type { ApprovalView } from './endpoints/approvals.ts';
export { ENDPOINTS, type Endpoints, type OperationId } from './endpoints/index.ts';
export type { PasskeyView } from './endpoints/passkeys.ts';
export { openApiDocument } from './openapi.ts';

import { ApiClient } from '@wardmesh/api';

/** The gateway that served this page. */
export const api = new ApiClient({ origin: '', fetch: (url, init) => fetch(url, init) });

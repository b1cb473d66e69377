import type * as z from 'zod';

/** Schemas of one request: what its params and its result hold. */
export interface RequestSchemas {
  readonly params: z.ZodType;
  readonly result: z.ZodType;
}

/** What one side may send in a revision. */
export interface DirectionSchemas {
  readonly requests: Readonly<Record<string, RequestSchemas>>;
  readonly notifications: Readonly<Record<string, z.ZodType>>;
}

export interface EraSchemas {
  readonly client: DirectionSchemas;
  readonly server: DirectionSchemas;
}

import { hash } from 'node:crypto';
import type { Clock, JsonObject } from '@wardmesh/core';
import type { OauthRepository } from '@wardmesh/store';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { errors } from 'oidc-provider';
import { CLIENT_S } from './limits.ts';

/** Told of grants as they begin and end, so that tokens of an ended one stop at once. */
export interface GrantHooks {
  begun(id: string, grant: GrantFacts): void;
  ended(id: string): void;
}

export interface GrantFacts {
  readonly person: string;
  readonly client: string;
  /** s since the epoch */
  readonly expires: number;
}

/** How rows, logs and tokens name a grant or a secret: never by itself. */
export function fingerprint(id: string): string {
  return hash('sha256', id, 'base64url');
}

/** Kinds whose first use voids them; a second use ends the whole grant (OAuth 2.1 §4.1.3, §4.3.1). */
const SINGLE_USE: ReadonlySet<string> = new Set(['AuthorizationCode', 'RefreshToken', 'DeviceCode']);

/** Stores the models of `oidc-provider` as sealed rows whose ids are hashes: the file holds no usable secret. */
export function adapterFor(repository: OauthRepository, clock: Clock, hooks: GrantHooks) {
  return (kind: string): Adapter => {
    const rowId = (id: string) => `${kind}:${fingerprint(id)}`;
    const groupOf = (grantId: string) => `grant:${fingerprint(grantId)}`;
    const find = async (id: string) => (await repository.get(rowId(id), clock.now())) as AdapterPayload | undefined;
    return {
      async upsert(id, payload, expiresIn) {
        const now = clock.now();
        const seconds = expiresIn ?? (kind === 'Client' ? CLIENT_S : undefined);
        const grantId = kind === 'Grant' ? id : payload.grantId;
        const aliases = [
          ...(kind === 'Session' && payload.uid !== undefined ? [`uid:${fingerprint(payload.uid)}`] : []),
          ...(payload.userCode === undefined ? [] : [`user-code:${fingerprint(payload.userCode)}`]),
        ];
        const fresh = await repository.put(rowId(id), plain(payload), now, {
          ...(seconds !== undefined && { expires: now + seconds * 1_000 }),
          ...(grantId !== undefined && { group: groupOf(grantId) }),
          aliases,
          once: kind === 'ReplayDetection',
        });
        // The library looks first and writes then: of two at the same time only one gets here first.
        if (!fresh) throw new errors.InvalidGrant('DPoP proof JWT Replay detected');
        if (kind === 'Grant' && payload.accountId !== undefined && payload.clientId !== undefined) {
          hooks.begun(fingerprint(id), {
            person: payload.accountId,
            client: payload.clientId,
            expires: payload.exp ?? 0,
          });
        }
      },
      find,
      async findByUserCode(userCode) {
        return (await repository.getByAlias(`user-code:${fingerprint(userCode)}`, clock.now())) as
          | AdapterPayload
          | undefined;
      },
      async findByUid(uid) {
        return (await repository.getByAlias(`uid:${fingerprint(uid)}`, clock.now())) as AdapterPayload | undefined;
      },
      async consume(id) {
        const row = await find(id);
        const group = row?.grantId === undefined ? undefined : groupOf(row.grantId);
        if (await repository.consume(rowId(id), clock.now(), group)) return;
        if (!SINGLE_USE.has(kind)) return;
        // Two who redeemed it at the same moment: one of them stole it, and nobody can tell which.
        if (row?.grantId !== undefined) {
          hooks.ended(fingerprint(row.grantId));
          await repository.removeGroup(groupOf(row.grantId));
        }
        throw new errors.InvalidGrant('grant source already used');
      },
      async destroy(id) {
        // Out of memory first: a failing disk must not keep a stolen token alive.
        if (kind === 'Grant') {
          hooks.ended(fingerprint(id));
          await repository.removeGroup(groupOf(id));
        }
        await repository.remove(rowId(id));
      },
      async revokeByGrantId(grantId) {
        hooks.ended(fingerprint(grantId));
        await repository.removeGroup(groupOf(grantId));
      },
    };
  };
}

/** Without members that are undefined: they have no place in canonical JSON. */
function plain(payload: AdapterPayload): JsonObject {
  return JSON.parse(JSON.stringify(payload)) as JsonObject;
}

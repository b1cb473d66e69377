import { CodedError } from '@wardmesh/core';

/** An error as the gateway told it: what happened, what to do, and the id that its log knows. */
export function Notice({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  const coded = error instanceof CodedError ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div role="alert" className="notice critical">
      <p>
        {coded !== undefined && <code>{coded.code}</code>} {message}
      </p>
      {coded?.hint !== undefined && <p>{coded.hint}</p>}
      {coded?.correlationId !== undefined && <p className="quiet">Correlation id {coded.correlationId}</p>}
      {retry !== undefined && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Loading() {
  return <div className="loading" aria-busy="true" role="status" aria-label="Loading" />;
}

/** The answer of a function whose failure is an ordinary outcome. `assertX` throws instead; `parseX` returns this. */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function err<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/** The value of a success. @throws the error itself where it is an Error, else an Error that carries it as cause. */
export function unwrap<T, E>(result: Result<T, E>): T {
  if (result.ok) return result.value;
  throw result.error instanceof Error ? result.error : new Error('unwrapped a failure', { cause: result.error });
}

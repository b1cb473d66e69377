/** One line of `ward doctor`. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly why: string;
  readonly hint?: string;
}

export const ok = (check: string, why: string): Finding => ({ check, state: 'ok', why });
export const warn = (check: string, why: string, hint: string): Finding => ({ check, state: 'warn', why, hint });
export const fail = (check: string, why: string, hint: string): Finding => ({ check, state: 'fail', why, hint });

/** A check that breaks is a finding too, and says no more than that it broke. */
export async function guarded(
  check: string,
  look: () => Promise<readonly Finding[]> | readonly Finding[],
): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    const { code, message, hint } = error as { code?: string; message?: string; hint?: string };
    const known = typeof code === 'string' && /^[A-Z]+(_[A-Z]+)+$/.test(code);
    return [fail(check, known ? `${message} (${code})` : 'this could not be checked', hint ?? 'Look at it by hand.')];
  }
}

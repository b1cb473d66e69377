/** What a coded error carries beside its code and message. None of it may hold a secret. */
export interface ErrorFields {
  /** What the reader can do about it, one sentence. */
  readonly hint?: string;
  /** Whole seconds until a repeat may succeed. */
  readonly retryAfter?: number;
  /** Links the error to the operator's log. */
  readonly correlationId?: string;
  /** Facts for the operator; never sent to a client. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * An error of the public interface. `code` is one of a closed union per package (`AUDIT_TORN_WRITE`); `message` is for
 * people. The command line prints `{code, message, hint, correlationId}`; MCP clients see less (see the gateway).
 */
export class CodedError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly hint: string | undefined;
  readonly retryAfter: number | undefined;
  readonly correlationId: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: Code, message: string, fields: ErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'CodedError';
    this.code = code;
    this.hint = fields.hint;
    this.retryAfter = fields.retryAfter;
    this.correlationId = fields.correlationId;
    this.details = fields.details ?? {};
  }

  /** The public form; details and cause stay out. */
  toJSON(): { code: Code; message: string; hint?: string; retryAfter?: number; correlationId?: string } {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint !== undefined && { hint: this.hint }),
      ...(this.retryAfter !== undefined && { retryAfter: this.retryAfter }),
      ...(this.correlationId !== undefined && { correlationId: this.correlationId }),
    };
  }
}

/** Whether `error` is a coded error, of that code where one is given. */
export function isCoded<Code extends string>(error: unknown, code?: Code): error is CodedError<Code> {
  return error instanceof CodedError && (code === undefined || error.code === code);
}

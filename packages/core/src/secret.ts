const values = new WeakMap<object, unknown>();

/**
 * A value that prints as `[secret]` wherever it lands: string conversion, JSON, inspect. It is reached by `reveal()`
 * only, so a search for that word finds every use. Not for key material in bulk: that is a buffer its owner wipes.
 */
export class Secret<T = string> {
  constructor(value: T) {
    values.set(this, value);
  }

  reveal(): T {
    return values.get(this) as T;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.toPrimitive](): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

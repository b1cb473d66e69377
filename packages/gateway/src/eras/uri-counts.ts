/** How many streams want each resource, so that the server is told once when the first comes and the last leaves. */
export class UriCounts {
  readonly #counts = new Map<string, number>();

  /** @returns whether it is the first */
  add(uri: string): boolean {
    const count = this.#counts.get(uri) ?? 0;
    this.#counts.set(uri, count + 1);
    return count === 0;
  }

  clear(): void {
    this.#counts.clear();
  }

  /** @returns whether it was the last */
  remove(uri: string): boolean {
    const count = this.#counts.get(uri) ?? 0;
    if (count > 1) this.#counts.set(uri, count - 1);
    else this.#counts.delete(uri);
    return count === 1;
  }
}

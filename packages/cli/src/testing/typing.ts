import { PassThrough } from 'node:stream';

/** A terminal's stdin on which these lines are typed; `raw` tells what was asked of it. */
export class Typing extends PassThrough {
  readonly isTTY = true;
  readonly raw: boolean[] = [];

  constructor(text: string) {
    super();
    this.write(text);
  }

  setRawMode(raw: boolean): this {
    this.raw.push(raw);
    return this;
  }
}

import { StringDecoder } from 'node:string_decoder';

const LINE_END = /\r\n|\n|\r(?!$)/;

/** Takes `text/event-stream` bytes apart (WHATWG HTML §9.2), keeping only the data of each event. */
export class EventStream {
  readonly #decoder = new StringDecoder('utf8');
  /** The unfinished line, in pieces: joining only at its end keeps a line of 100 MB linear. */
  #pieces: string[] = [];
  #data: string[] = [];

  /** Data of the events that these bytes complete; events without data are dropped. */
  push(chunk: Uint8Array): string[] {
    this.#pieces.push(this.#decoder.write(chunk));
    if (!LINE_END.test(this.#pieces.at(-1) ?? '')) return [];
    const lines = this.#pieces.join('').split(LINE_END);
    this.#pieces = [lines.pop() ?? ''];
    const events: string[] = [];
    for (const line of lines) {
      if (line === '') {
        const data = this.#data.join('\n');
        if (data !== '') events.push(data);
        this.#data = [];
      } else if (line.startsWith('data:')) {
        this.#data.push(line.slice(line[5] === ' ' ? 6 : 5));
      }
    }
    return events;
  }
}

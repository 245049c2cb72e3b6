import { StudyError } from '../errors.ts';

export type Literal = null | boolean | number | string | Literal[] | { [key: string]: Literal };

/** Far deeper than any layer graph; stops hostile text from overflowing the stack. */
const maxDepth = 100;

/**
 * The literal that a minified CommonJS module exports: data packed as code. The text is parsed, never
 * run; anything but a literal is refused.
 *
 * It reads objects (names, strings or digits as keys), arrays, double-quoted strings, numbers, null,
 * true, false and their minified forms `!0` and `!1`.
 *
 * @throws StudyError if there is no such export or the text is anything else
 */
export function exportedLiteral(source: string): Literal {
  const start = /\.exports=(?=[{["])/.exec(source);
  if (!start) throw new StudyError('the file exports no literal', 'is it the right file?');
  const parser = new Parser(source, start.index + start[0].length);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  value(depth: number): Literal {
    if (depth > maxDepth) throw this.#refuse('too deep');
    const first = this.#text[this.#at];
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') return this.#string();
    const word = this.#match(/!0|!1|(?:true|false|null)\b/y);
    if (word !== undefined) return word === 'null' ? null : word === '!0' || word === 'true';
    return this.#number();
  }

  /** @throws StudyError if the literal is the beginning of an expression, such as `[1]-1` */
  end(): void {
    if (this.#match(/\s*(?:$|[;,})])/y) === undefined) throw this.#refuse('more than a literal');
  }

  #object(depth: number): Literal {
    const entries: [string, Literal][] = [];
    this.#list('{', '}', () => {
      // JavaScript writes a number that is a key in its own way: 1e3 is '1000'. Only counts stay as they are.
      const bare = /[A-Za-z_$][\w$]*|(?:0|[1-9]\d{0,14})(?![\w$.])/y;
      const key = this.#text[this.#at] === '"' ? this.#string() : this.#match(bare);
      if (key === undefined || key === '__proto__') throw this.#refuse('bad key');
      this.#expect(':');
      entries.push([key, this.value(depth + 1)]);
    });
    return Object.fromEntries(entries);
  }

  #array(depth: number): Literal {
    const items: Literal[] = [];
    this.#list('[', ']', () => items.push(this.value(depth + 1)));
    return items;
  }

  #list(open: string, close: string, item: () => void): void {
    this.#expect(open);
    if (this.#text[this.#at] !== close) {
      item();
      while (this.#text[this.#at] === ',') {
        this.#at += 1;
        item();
      }
    }
    this.#expect(close);
  }

  /** Escapes are JSON's. A loop, not a pattern, because shards are strings of megabytes. */
  #string(): string {
    let end = this.#at + 1;
    while (end < this.#text.length && this.#text[end] !== '"') {
      end += this.#text[end] === '\\' ? 2 : 1;
    }
    try {
      const value: string = JSON.parse(this.#text.slice(this.#at, end + 1));
      this.#at = end + 1;
      return value;
    } catch {
      throw this.#refuse('bad string');
    }
  }

  #number(): number {
    const digits = this.#match(/-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy);
    // A leading zero is an octal number or an error in JavaScript; our data has neither.
    if (digits === undefined || /^-?0\d/.test(digits)) throw this.#refuse('not a literal');
    return Number(digits);
  }

  #match(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #expect(mark: string): void {
    if (this.#text[this.#at] !== mark) throw this.#refuse(`expected ${mark}`);
    this.#at += 1;
  }

  #refuse(why: string): StudyError {
    const here = this.#text.slice(this.#at, this.#at + 20);
    return new StudyError(
      `unreadable data at character ${this.#at}: ${why}, at '${here}'`,
      'the file may be truncated or of another version',
    );
  }
}

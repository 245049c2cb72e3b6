import { damaged } from './cursor.ts';
import { type Pickled, PickledTuple } from './pickled.ts';

const marker = Symbol('mark');

/** The stack and the memo of a pickle's reader; every step is checked. */
export class PickleStack<Made> {
  readonly #items: (Pickled<Made> | typeof marker)[] = [];
  readonly #memo = new Map<number, Pickled<Made>>();

  push(value: Pickled<Made>): void {
    this.#items.push(value);
  }

  pop(): Pickled<Made> {
    const top = this.#items.pop();
    if (top === undefined || top === marker) throw damaged('its stack is empty');
    return top as Pickled<Made>;
  }

  /** The only value that is left, at the end. */
  last(): Pickled<Made> {
    const value = this.pop();
    if (this.#items.length > 0) throw damaged('its stack is not empty at the end');
    return value;
  }

  mark(): void {
    this.#items.push(marker);
  }

  sinceMark(): Pickled<Made>[] {
    const start = this.#items.lastIndexOf(marker);
    if (start === -1) throw damaged('its mark is missing');
    const items = this.#items.splice(start) as Pickled<Made>[];
    items.shift();
    return items;
  }

  pushTuple(length: number): void {
    const items: Pickled<Made>[] = [];
    for (let i = 0; i < length; i++) items.push(this.pop());
    this.push(new PickledTuple(items.reverse()));
  }

  append(items: readonly Pickled<Made>[]): void {
    const list = this.pop();
    if (!Array.isArray(list)) throw damaged('it appends to what is no list');
    for (const item of items) list.push(item);
    this.push(list);
  }

  /** @param items keys and values in turn */
  setItems(items: readonly Pickled<Made>[]): void {
    const dict = this.pop();
    if (!(dict instanceof Map)) throw damaged('it sets items of what is no dict');
    if (items.length % 2 === 1) throw damaged('a key has no value');
    for (let i = 0; i < items.length; i += 2) {
      const key = keyOf(items[i]);
      if (dict.has(key)) throw damaged(`the key ${JSON.stringify(key.slice(0, 80))} comes twice`);
      dict.set(key, items[i + 1] ?? null);
    }
    this.push(dict);
  }

  /** @param index by default the next one, as MEMOIZE has it */
  remember(index = this.#memo.size): void {
    const top = this.pop();
    this.#memo.set(index, top);
    this.push(top);
  }

  recall(index: number): void {
    const known = this.#memo.get(index);
    if (known === undefined) throw damaged('it uses what it has not memorised');
    this.push(known);
  }
}

/** Numbers are keys too, as in the state of an optimiser. */
function keyOf(key: unknown): string {
  if (typeof key === 'string') return key;
  if (typeof key === 'number') return String(key);
  throw damaged('a key is neither text nor number');
}

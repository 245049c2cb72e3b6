import { StudyError } from '../errors.ts';
import { type Cursor, damaged, shown } from './cursor.ts';
import { opcodeName, opcodes } from './opcodes.ts';

/** What a pickle of ours can hold; `Made` is what its globals, calls and persistent ids stand for. */
export type Pickled<Made> =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickledTuple<Made>
  | Pickled<Made>[]
  | Map<string, Pickled<Made>>
  | Made;

/** A tuple, told from a list. */
export class PickledTuple<Made> {
  constructor(readonly items: readonly Pickled<Made>[]) {}
}

/** What stands for the only code that a pickle may name. Each throws StudyError to refuse. */
export interface PickleHost<Made> {
  /** The thing that a global's name stands for: never looked up, only recognised. */
  global(name: string): Made;
  call(callable: Pickled<Made>, args: Pickled<Made>): Made;
  persistent(id: Pickled<Made>): Made;
  /**
   * Takes the state that a pickle gives to something made before, as NumPy's arrays have it. Where a
   * host has none, BUILD and TUPLE3 are refused as any other opcode.
   */
  build?(made: Pickled<Made>, state: Pickled<Made>): void;
  /** Refuses by its name what a pickle gives items to, though it is no dict. */
  refuseItems?(made: Pickled<Made>): void;
}

/** Has no globals, calls or persistent ids: for pickles of plain data. */
export const plainHost: PickleHost<never> = {
  global: refuseGlobal,
  call: () => refuse('a call'),
  persistent: () => refuse('a persistent id'),
};

/** @throws StudyError that names the global */
export function refuseGlobal(name: string): never {
  const elements = otherElements.get(name);
  if (elements !== undefined) {
    throw new StudyError(
      `refused elements of ${elements} (${name}): only tensors of float32 are read`,
      'save them as float32: tensor.float(); the file is sound otherwise, as far as it was read',
    );
  }
  return refuse(`the global ${shown(name)}`, name === 'collections.OrderedDict' ? plainDict : mend);
}

/** PyTorch's other storages: nothing is wrong with a file of them, but they are not read. */
const otherElements: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Double: 'float64',
    Half: 'float16',
    BFloat16: 'bfloat16',
    ComplexDouble: 'complex128',
    ComplexFloat: 'complex64',
    Int: 'int32',
    Short: 'int16',
    Char: 'int8',
    Byte: 'uint8',
    Bool: 'bool',
  }).map(([name, elements]) => [`torch.${name}Storage`, elements]),
);

const saving = 'docs/own-weights.md of this package has the lines that do it';
const mend = `do not trust this file; what is sound can be saved anew: features as a .npy, weights as a plain dict of tensors (${saving})`;
// What torch.save writes of a state_dict() as it is.
const plainDict = `a state_dict() is one: if the weights are your own, save dict(network.state_dict()) instead (${saving})`;

const marker = Symbol('mark');

/** Longer than the text of any array that we read; engines have no strings of twice as much. */
const maxText = 2 ** 28;

/** Of a state dict of 1000 tensors some 30,000; each may leave an object in memory. */
const maxOpcodes = 2 ** 22;

/**
 * Reads one pickle of protocol 2 as data. Nothing is executed or imported: only the opcodes that
 * PyTorch's files use are understood, and names of code go to `host`, which knows a few of them.
 * Time and memory are in proportion to the bytes read, and bounded.
 *
 * Source: the opcodes' descriptions in CPython's `Lib/pickletools.py`.
 *
 * @throws StudyError for any other opcode or protocol, and for bytes that are no pickle
 */
export function readPickle<Made>(cursor: Cursor, host: PickleHost<Made>): Pickled<Made> {
  const stack: (Pickled<Made> | typeof marker)[] = [];
  const memo = new Map<number, Pickled<Made>>();

  const pop = (): Pickled<Made> => {
    const top = stack.pop();
    if (top === undefined || top === marker) throw damaged('its stack is empty');
    return top;
  };
  const sinceMark = (): Pickled<Made>[] => {
    const start = stack.lastIndexOf(marker);
    if (start === -1) throw damaged('its mark is missing');
    const items = stack.splice(start) as Pickled<Made>[];
    items.shift();
    return items;
  };
  const remember = (index: number) => {
    const top = pop();
    memo.set(index, top);
    stack.push(top);
  };

  for (let read = 0; ; read++) {
    if (read === maxOpcodes) throw damaged(`more than ${maxOpcodes} opcodes`);
    const code = cursor.uint8();
    switch (code) {
      case opcodes.proto: {
        const protocol = cursor.uint8();
        if (protocol !== 2) refuse(`protocol ${protocol}`);
        break;
      }
      case opcodes.stop: {
        const value = pop();
        if (stack.length > 0) throw damaged('its stack is not empty at the end');
        return value;
      }
      case opcodes.none:
        stack.push(null);
        break;
      case opcodes.newtrue:
      case opcodes.newfalse:
        stack.push(code === opcodes.newtrue);
        break;
      case opcodes.binint:
        stack.push(cursor.int32());
        break;
      case opcodes.binint1:
        stack.push(cursor.uint8());
        break;
      case opcodes.binint2:
        stack.push(cursor.uint16());
        break;
      case opcodes.long1:
        stack.push(longInteger(cursor.take(cursor.uint8())));
        break;
      case opcodes.binunicode: {
        const length = cursor.uint32();
        if (length > maxText) throw damaged(`a text of ${length} bytes`);
        stack.push(cursor.text(length));
        break;
      }
      case opcodes.mark:
        stack.push(marker);
        break;
      case opcodes.emptyTuple:
        stack.push(new PickledTuple([]));
        break;
      case opcodes.tuple1:
        stack.push(new PickledTuple([pop()]));
        break;
      case opcodes.tuple2: {
        const second = pop();
        stack.push(new PickledTuple([pop(), second]));
        break;
      }
      case opcodes.tuple3: {
        if (!host.build) return refuseOpcode(code, cursor);
        const [third, second] = [pop(), pop()];
        stack.push(new PickledTuple([pop(), second, third]));
        break;
      }
      case opcodes.build: {
        if (!host.build) return refuseOpcode(code, cursor);
        const state = pop();
        const built = pop();
        host.build(built, state);
        stack.push(built);
        break;
      }
      case opcodes.tuple:
        stack.push(new PickledTuple(sinceMark()));
        break;
      case opcodes.emptyList:
        stack.push([]);
        break;
      case opcodes.appends: {
        const items = sinceMark();
        const list = stack.at(-1);
        if (!Array.isArray(list)) throw damaged('it appends to what is no list');
        for (const item of items) list.push(item);
        break;
      }
      case opcodes.emptyDict:
        stack.push(new Map());
        break;
      case opcodes.setitems: {
        const items = sinceMark();
        const dict = pop();
        if (!(dict instanceof Map)) {
          host.refuseItems?.(dict);
          throw damaged('it sets items of what is no dict');
        }
        setItems(dict, items);
        stack.push(dict);
        break;
      }
      case opcodes.binput:
        remember(cursor.uint8());
        break;
      case opcodes.longBinput:
        remember(cursor.uint32());
        break;
      case opcodes.binget: {
        const known = memo.get(cursor.uint8());
        if (known === undefined) throw damaged('it uses what it has not memorised');
        stack.push(known);
        break;
      }
      case opcodes.global: {
        const module = cursor.line();
        stack.push(host.global(`${module}.${cursor.line()}`));
        break;
      }
      case opcodes.binpersid:
        stack.push(host.persistent(pop()));
        break;
      case opcodes.reduce: {
        const args = pop();
        stack.push(host.call(pop(), args));
        break;
      }
      default:
        refuseOpcode(code, cursor);
    }
  }
}

function setItems<Made>(dict: Map<string, Pickled<Made>>, items: Pickled<Made>[]): void {
  if (items.length % 2 === 1) throw damaged('a key has no value');
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i];
    if (typeof key !== 'string') throw damaged('a key is no string');
    dict.set(key, items[i + 1] ?? null);
  }
}

/** Two's complement, little-endian. */
function longInteger(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, value);
}

function refuseOpcode(code: number, cursor: Cursor): never {
  return refuse(`the opcode ${opcodeName(code)} at byte ${cursor.at - 1}`);
}

function refuse(what: string, hint = mend): never {
  throw new StudyError(
    `refused ${what} in a pickle: only plain tensors and arrays are read, and no code is run`,
    hint,
  );
}

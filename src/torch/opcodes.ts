/**
 * The opcodes of Python's pickle that we understand, by their names in Python's `pickletools`; the
 * last two only where NumPy's arrays are expected.
 */
export const opcodes = {
  mark: 0x28,
  stop: 0x2e,
  binint: 0x4a,
  binint1: 0x4b,
  binint2: 0x4d,
  none: 0x4e,
  binpersid: 0x51,
  reduce: 0x52,
  binunicode: 0x58,
  emptyList: 0x5d,
  appends: 0x65,
  global: 0x63,
  binget: 0x68,
  binput: 0x71,
  longBinput: 0x72,
  tuple: 0x74,
  setitems: 0x75,
  emptyDict: 0x7d,
  emptyTuple: 0x29,
  proto: 0x80,
  tuple1: 0x85,
  tuple2: 0x86,
  newtrue: 0x88,
  newfalse: 0x89,
  long1: 0x8a,
  tuple3: 0x87,
  build: 0x62,
} as const;

// All others, so that a refusal can say what was refused: those of protocols 0 and 1 by their
// characters, the later ones by their numbers.
const printable: Readonly<Record<string, string>> = {
  '0': 'POP',
  '1': 'POP_MARK',
  '2': 'DUP',
  F: 'FLOAT',
  I: 'INT',
  L: 'LONG',
  P: 'PERSID',
  S: 'STRING',
  T: 'BINSTRING',
  U: 'SHORT_BINSTRING',
  V: 'UNICODE',
  a: 'APPEND',
  b: 'BUILD',
  d: 'DICT',
  g: 'GET',
  i: 'INST',
  j: 'LONG_BINGET',
  l: 'LIST',
  o: 'OBJ',
  p: 'PUT',
  s: 'SETITEM',
  G: 'BINFLOAT',
  B: 'BINBYTES',
  C: 'SHORT_BINBYTES',
};
const numbered: Readonly<Record<number, string>> = {
  129: 'NEWOBJ',
  130: 'EXT1',
  131: 'EXT2',
  132: 'EXT4',
  135: 'TUPLE3',
  139: 'LONG4',
  140: 'SHORT_BINUNICODE',
  141: 'BINUNICODE8',
  142: 'BINBYTES8',
  143: 'EMPTY_SET',
  144: 'ADDITEMS',
  145: 'FROZENSET',
  146: 'NEWOBJ_EX',
  147: 'STACK_GLOBAL',
  148: 'MEMOIZE',
  149: 'FRAME',
  150: 'BYTEARRAY8',
  151: 'NEXT_BUFFER',
  152: 'READONLY_BUFFER',
};

/** For messages: `STACK_GLOBAL`, or the number of what is no opcode at all. */
export function opcodeName(code: number): string {
  const name = numbered[code] ?? printable[String.fromCharCode(code)];
  return name ?? `0x${code.toString(16).padStart(2, '0')}`;
}

import { type Cursor, damaged } from './cursor.ts';
import { opcodes } from './opcodes.ts';
import type { PickleStack } from './pickle-stack.ts';
import type { PickleHost } from './pickled.ts';
import { refuseBuffers } from './refusals.ts';

type Step = (stack: PickleStack<unknown>, cursor: Cursor, host: PickleHost<unknown>) => void;

/** Longer than the text of any array that we read; engines have no strings of twice as much. */
const maxText = 2 ** 28;

/** What each opcode does, but PROTO and STOP. */
export const steps: ReadonlyMap<number, Step> = new Map<number, Step>([
  [opcodes.none, (stack) => stack.push(null)],
  [opcodes.newtrue, (stack) => stack.push(true)],
  [opcodes.newfalse, (stack) => stack.push(false)],
  [opcodes.binint, (stack, cursor) => stack.push(cursor.int32())],
  [opcodes.binint1, (stack, cursor) => stack.push(cursor.uint8())],
  [opcodes.binint2, (stack, cursor) => stack.push(cursor.uint16())],
  [opcodes.long1, (stack, cursor) => stack.push(longInteger(cursor.take(cursor.uint8())))],
  [opcodes.binfloat, (stack, cursor) => stack.push(cursor.float64())],

  [opcodes.shortBinunicode, (stack, cursor) => stack.push(cursor.text(cursor.uint8()))],
  [opcodes.binunicode, (stack, cursor) => stack.push(text(cursor, cursor.uint32()))],
  [opcodes.binunicode8, (stack, cursor) => stack.push(text(cursor, cursor.uint64()))],
  // Views of the file, however large.
  [opcodes.shortBinbytes, (stack, cursor) => stack.push(cursor.take(cursor.uint8()))],
  [opcodes.binbytes, (stack, cursor) => stack.push(cursor.take(cursor.uint32()))],
  [opcodes.binbytes8, (stack, cursor) => stack.push(cursor.take(cursor.uint64()))],
  [opcodes.bytearray8, (stack, cursor) => stack.push(cursor.take(cursor.uint64()))],
  [opcodes.nextBuffer, refuseBuffers],
  [opcodes.readonlyBuffer, refuseBuffers],

  [opcodes.mark, (stack) => stack.mark()],
  [opcodes.emptyTuple, (stack) => stack.pushTuple(0)],
  [opcodes.tuple1, (stack) => stack.pushTuple(1)],
  [opcodes.tuple2, (stack) => stack.pushTuple(2)],
  [opcodes.tuple3, (stack) => stack.pushTuple(3)],
  [opcodes.tuple, tupleSinceMark],
  [opcodes.emptyList, (stack) => stack.push([])],
  [opcodes.append, (stack) => stack.append([stack.pop()])],
  [opcodes.appends, (stack) => stack.append(stack.sinceMark())],
  [opcodes.emptyDict, (stack) => stack.push(new Map())],
  [opcodes.setitem, setItem],
  [opcodes.setitems, (stack) => stack.setItems(stack.sinceMark())],

  [opcodes.binput, (stack, cursor) => stack.remember(cursor.uint8())],
  [opcodes.longBinput, (stack, cursor) => stack.remember(cursor.uint32())],
  [opcodes.memoize, (stack) => stack.remember()],
  [opcodes.binget, (stack, cursor) => stack.recall(cursor.uint8())],
  [opcodes.longBinget, (stack, cursor) => stack.recall(cursor.uint32())],
  // How many bytes follow: there to read ahead.
  [opcodes.frame, frame],

  [opcodes.global, global],
  [opcodes.stackGlobal, stackGlobal],
  [opcodes.binpersid, (stack, _, host) => stack.push(host.persistent(stack.pop()))],
  [opcodes.reduce, reduce],
  [opcodes.build, build],
]);

function text(cursor: Cursor, length: number): string {
  if (length > maxText) throw damaged(`a text of ${length} bytes`);
  return cursor.text(length);
}

function tupleSinceMark(stack: PickleStack<unknown>): void {
  const items = stack.sinceMark();
  for (const item of items) stack.push(item);
  stack.pushTuple(items.length);
}

function setItem(stack: PickleStack<unknown>): void {
  const value = stack.pop();
  stack.setItems([stack.pop(), value]);
}

function frame(_: PickleStack<unknown>, cursor: Cursor): void {
  const length = cursor.uint64();
  if (length > cursor.left) throw damaged(`a frame of ${length} bytes, ${cursor.left} left`);
}

function global(stack: PickleStack<unknown>, cursor: Cursor, host: PickleHost<unknown>): void {
  const module = cursor.line();
  stack.push(host.global(`${module}.${cursor.line()}`));
}

function stackGlobal(stack: PickleStack<unknown>, _: Cursor, host: PickleHost<unknown>): void {
  const [name, module] = [stack.pop(), stack.pop()];
  if (typeof name !== 'string' || typeof module !== 'string') {
    throw damaged('the name of a global is no text');
  }
  stack.push(host.global(`${module}.${name}`));
}

function reduce(stack: PickleStack<unknown>, _: Cursor, host: PickleHost<unknown>): void {
  const args = stack.pop();
  stack.push(host.call(stack.pop(), args));
}

function build(stack: PickleStack<unknown>, _: Cursor, host: PickleHost<unknown>): void {
  const state = stack.pop();
  const built = stack.pop();
  host.build(built, state);
  stack.push(built);
}

/** Two's complement, little-endian. */
function longInteger(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, value);
}

import { type Cursor, damaged } from './cursor.ts';
import { opcodes } from './opcodes.ts';
import { PickleStack } from './pickle-stack.ts';
import { steps } from './pickle-steps.ts';
import type { Pickled, PickleHost } from './pickled.ts';
import { refuse, refuseOpcode } from './refusals.ts';

/** Of a state dict of 1000 tensors some 30,000; each may leave an object in memory. */
const maxOpcodes = 2 ** 22;

/**
 * Reads one pickle of protocols 2 to 5 as data. Nothing is executed or imported: only the opcodes of
 * plain data are understood, and names of code go to `host`, which knows a few of them. Time and
 * memory are in proportion to the bytes read, and bounded.
 *
 * Source: the opcodes' descriptions in CPython's `Lib/pickletools.py`.
 *
 * @throws StudyError for any other opcode or protocol, and for bytes that are no pickle
 */
export function readPickle<Made>(cursor: Cursor, host: PickleHost<Made>): Pickled<Made> {
  const stack = new PickleStack<Made>();
  for (let read = 0; read < maxOpcodes; read++) {
    const code = cursor.uint8();
    if (code === opcodes.stop) return stack.last();
    if (code === opcodes.proto) {
      const protocol = cursor.uint8();
      if (protocol < 2 || protocol > 5) refuse(`protocol ${protocol}`);
      continue;
    }
    const step = steps.get(code);
    if (!step) refuseOpcode(code, cursor.at - 1);
    step(stack as PickleStack<unknown>, cursor, host as PickleHost<unknown>);
  }
  throw damaged(`more than ${maxOpcodes} opcodes`);
}

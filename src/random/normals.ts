import { StudyError } from '../errors.ts';
import { loadKernel } from '../kernels/load.ts';
import type { Stream } from './stream.ts';

interface NormalsKernel {
  NUMBERS: WebAssembly.Global<'i32'>;
  STATE: WebAssembly.Global<'i32'>;
  prepare(): void;
  generate(at: number, end: number): void;
  narrow(from: number, end: number, to: number): void;
}

/** Independent standard normals in a sequence that does not depend on how it is cut into calls. */
export interface NormalSource {
  /** The next number. */
  next(): number;
  /** Fills `out` with the next numbers; a Float32Array gets the same ones, rounded. */
  fill<Out extends Float64Array | Float32Array>(out: Out): Out;
  /**
   * The next `count` numbers where the kernel wrote them, which saves the copy of `fill`. The caller
   * may change the view; it is valid until the next call of any method of this source.
   *
   * @throws StudyError if the count is not a whole number
   */
  block(count: number): Float64Array;
}

/** Numbers per call of the kernel: 32 KiB, which stay in the L1 cache between kernel and copy. */
const STEP = 4096;
/** The kernel writes four numbers at a time. */
const LANES = 4;

/** 32-bit words of seed that the kernel takes: five generators of 256 bits. */
export const SEED_WORDS = 40;

/**
 * Standard normals at memory speed from a WebAssembly kernel (four lanes of xoshiro256++ and a
 * ziggurat), seeded with the next 40 words of the stream. Bit for bit the same on every machine.
 *
 * @example normalSource(stream('study', 7, 'surrogate')).fill(new Float32Array(2048))
 */
export function normalSource(stream: Stream): NormalSource {
  const { exports: kernel, memory } = loadKernel<NormalsKernel>('normals', 131072);
  const base = kernel.NUMBERS.value;
  new Uint32Array(memory.buffer, kernel.STATE.value, SEED_WORDS).set(stream.words(SEED_WORDS));
  kernel.prepare();

  let numbers = new Float64Array(memory.buffer, base);
  // numbers[start … end) are generated and not yet handed out.
  let start = 0;
  let end = 0;

  function gather(count: number): void {
    numbers.copyWithin(0, start, end);
    end -= start;
    start = 0;
    const target = end + Math.ceil((count - end) / LANES) * LANES;
    // One number to spare: narrow reads pairs.
    if (target + 1 > numbers.length) {
      memory.grow(Math.ceil(((target + 1 - numbers.length) * 8) / 65536));
      numbers = new Float64Array(memory.buffer, base);
    }
    // In steps, because V8 switches to optimised code only between calls.
    while (end < target) {
      const stop = Math.min(end + STEP, target);
      kernel.generate(base + end * 8, base + stop * 8);
      end = stop;
    }
  }

  function block(count: number): Float64Array {
    if (!Number.isInteger(count) || count < 0) {
      throw new StudyError(
        `invalid number of normals; not a whole number: ${count}`,
        'give a whole number from 0 up',
      );
    }
    if (count > end - start) gather(count);
    start += count;
    return numbers.subarray(start - count, start);
  }

  function narrowed(count: number): Float32Array {
    const { byteOffset } = block(count);
    // In place: a float32 lies at or before the float64 it came from.
    kernel.narrow(byteOffset, byteOffset + count * 8, byteOffset);
    return new Float32Array(memory.buffer, byteOffset, count);
  }

  return {
    block,
    next() {
      if (start === end) gather(LANES);
      return numbers[start++]!;
    },
    fill(out) {
      const take = out instanceof Float32Array ? narrowed : block;
      for (let at = 0; at < out.length; at += STEP) {
        out.set(take(Math.min(STEP, out.length - at)), at);
      }
      return out;
    },
  };
}

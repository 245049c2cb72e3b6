import { BLOCK, type FeatureRows } from './features.ts';

/** Counts of repeated rows, and of rows that another set has too. */
export interface RowOverlap {
  readonly rows: number;
  /** Distinct rows of the set. */
  readonly distinct: number;
  /** Rows of the set that the other has too; 0 without another. */
  readonly shared: number;
  /** Whether both sets have the same rows equally often, in any order. */
  readonly isSame: boolean;
}

/**
 * A hash of each row [rows]: whole numbers below 2^53, from a multiplication and a shift for each half
 * of a float64. Equal images give equal rows if the network is deterministic. Two of a million different
 * rows share a hash with probability 6e-5.
 */
export function rowHashes(features: FeatureRows): Float64Array {
  const { rows, dimension } = features;
  const hashes = new Float64Array(rows);
  const block = new Float64Array(Math.min(BLOCK, rows) * dimension);
  const words = new Uint32Array(block.buffer);
  for (let start = 0; start < rows; start += BLOCK) {
    const count = Math.min(BLOCK, rows - start);
    features.readBlock(start, count, block);
    for (let i = 0; i < count; i++) {
      hashes[start + i] = hashOf(words, 2 * i * dimension, 2 * (i + 1) * dimension);
    }
  }
  return hashes;
}

/** @param other hashes of the set that it may share rows with */
export function rowOverlap(hashes: Float64Array, other?: Float64Array): RowOverlap {
  const own = Float64Array.from(hashes).sort();
  const theirs = other ? Float64Array.from(other).sort() : new Float64Array(0);
  let distinct = 0;
  let shared = 0;
  let place = 0;
  for (let i = 0; i < own.length; i++) {
    const hash = own[i]!;
    if (i === 0 || hash !== own[i - 1]) distinct++;
    while (place < theirs.length && theirs[place]! < hash) place++;
    if (place < theirs.length && theirs[place] === hash) shared++;
  }
  const isSame = own.length === theirs.length && own.every((hash, i) => hash === theirs[i]);
  return { rows: own.length, distinct, shared, isSame };
}

/** Two lanes over all words, each with its own constants (from MurmurHash3), mixed at the end. */
function hashOf(words: Uint32Array, start: number, end: number): number {
  let a = 0x9e3779b9;
  let b = 0x7f4a7c15;
  for (let k = start; k < end; k++) {
    const word = words[k]!;
    a = Math.imul(a ^ word, 0xcc9e2d51);
    a ^= a >>> 15;
    b = Math.imul(b + word, 0x1b873593);
    b ^= b >>> 13;
  }
  return (mixed(a) >>> 0) + (mixed(b) & 0x1fffff) * 2 ** 32;
}

function mixed(h: number): number {
  let x = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

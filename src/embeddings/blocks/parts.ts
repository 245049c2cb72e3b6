import { StudyError } from '../../errors.ts';
import { bytesOf, type Part } from '../../jobs/part-file.ts';
import { dropPart } from '../../jobs/parts.ts';
import type { Complete } from '../../jobs/prepare.ts';
import { Unfinished } from '../../jobs/unfinished.ts';
import type { Digests } from '../digests.ts';
import type { Skipped } from '../partial-set.ts';
import { type Block, blocksOf, type Keeps } from './job.ts';
import { type BlockValue, blockValue } from './part.ts';

/** A block's part, which is whole as far as its header tells. */
export interface BlockPart extends Block {
  readonly part: Part;
  readonly value: BlockValue;
}

/**
 * The parts of all blocks, in order.
 *
 * @throws Unfinished if some are damaged: they are set aside, and to be made again
 */
export async function blockParts(
  folder: string,
  complete: Complete,
  dimension: number,
  keeps: Keeps,
): Promise<BlockPart[]> {
  const { blocks } = blocksOf(complete.job);
  const damaged = [];
  const found: BlockPart[] = [];
  for (const unit of complete.units) {
    const part = complete.parts.get(unit.index)!;
    const block = blocks[unit.index]!;
    const value = blockValue(part, block, dimension, keeps);
    if (value) found.push({ ...block, part, value });
    else {
      await dropPart(part);
      damaged.push(unit);
    }
  }
  if (damaged.length > 0) throw new Unfinished(folder, complete.job, damaged);
  return found;
}

/**
 * What is kept of a block, in pieces; its images' digests go where those of the whole set are.
 *
 * @throws Unfinished if its bytes were changed: it is set aside
 */
export async function* keptOf(
  { start, end, part }: BlockPart,
  digests: Digests,
  folder: string,
  { job, units }: Complete,
): AsyncGenerator<Uint8Array> {
  const own = digests.bytes(start, end);
  let before = 0;
  try {
    for await (const piece of bytesOf(part)) {
      const rest = Math.min(own.length - before, piece.length);
      own.set(piece.subarray(0, rest), before);
      before += rest;
      if (piece.length > rest) yield piece.subarray(rest);
    }
  } catch (error) {
    if (!(error instanceof StudyError)) throw error;
    await dropPart(part);
    const unit = units.find(({ id }) => id === part.unit)!;
    throw new Unfinished(folder, job, [unit]);
  }
}

/** Images without a row, of all blocks. */
export function skippedIn(parts: readonly BlockPart[]): Skipped[] {
  return parts.flatMap(({ value }) => value.skipped);
}

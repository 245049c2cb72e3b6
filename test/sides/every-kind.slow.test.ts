import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { pullDataset } from '../../src/images/datasets/pull.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { tinyModel } from '../embeddings/tiny-extractor.ts';
import {
  type Batch,
  batches,
  tinyArchive,
  tinyBatch,
  tinyDataset,
} from '../images/datasets/tiny.ts';
import { writePool } from '../metrics/feature-pools.ts';
import {
  type Column,
  cfmGapGenerated,
  columns,
  openedForCfmGap,
  type Refusal,
  type Side,
  sweepSides,
  sweptFid,
} from './columns.ts';
import { count, type Kind, kinds, writeEveryKind } from './every-kind.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const model = tinyModel(at('tiny.onnx'));
const batch: Batch = ['test_batch', count, 90];
const members = [...batches.slice(0, 5), batch];
const archive = tinyArchive(members);
const dataset = tinyDataset('http://localhost/none', archive, members);

// The real archive is out of a test's reach: here cifar10:test is a synthetic one.
vi.mock('../../src/images/datasets/cifar10.ts', () => ({
  get datasets() {
    return [dataset];
  },
}));

const given = {
  other: (await writePool(folder, count, 5, 'other')).path,
  third: (await writePool(folder, count, 5, 'third')).path,
  many: (await writePool(folder, 20_000, 5, 'many')).path,
  count,
};
let round = 0;

beforeAll(async () => {
  vi.stubEnv('STUDY_CACHE', at('cache'));
  writeFileSync(at('archive.tar.gz'), archive);
  await pullDataset('cifar10', { from: at('archive.tar.gz') });
  await writeEveryKind(at('sets'), tinyBatch(count, batch[2]), model);
});

const pathOf = ({ kind, file }: Kind) => (file === null ? kind : join(at('sets'), file));

/** What is read of a kind for a column: rows of a file of both, say, are its images. */
function takenOf(
  { holds }: Kind,
  { takes }: Pick<Column, 'takes'>,
): Exclude<Kind['holds'], 'both'> {
  if (holds !== 'both') return holds;
  return takes === 'rows' ? 'images' : 'statistics';
}

/** The flags that sides need: a model where one is images. */
function flagsOf(...sides: readonly (readonly [Kind, Side])[]): string[] {
  return sides.some(([kind, side]) => takenOf(kind, side) === 'images') ? ['--model', model] : [];
}

const out = () => at(`out-${round++}`);

function run(column: Column, kind: Kind): Promise<number> {
  return column.run(pathOf(kind), flagsOf([kind, column]), { ...given, out: out() });
}

function refused({ message, hint }: Refusal, path: string) {
  return { name: 'StudyError', message: message.replace('PATH', path), hint };
}

const npy = kinds.find(({ kind }) => kind === 'a .npy')!;

describe.each(columns)('study $command', (column) => {
  let expected: number;
  beforeAll(async () => {
    expected = await run(column, npy);
  });

  it.each(kinds)(
    `takes $kind as the ${column.side}, or says what to give instead`,
    async (kind) => {
      const { ofStatistics } = column;
      const taken = takenOf(kind, column);
      if (taken === 'statistics' && typeof ofStatistics === 'object') {
        await expect(run(column, kind)).rejects.toMatchObject(refused(ofStatistics, pathOf(kind)));
        return;
      }
      expectSame(await run(column, kind), expected, kind, column);
    },
  );
});

function expectSame(value: number, expected: number, kind: Kind, side: Side): void {
  if (takenOf(kind, side) !== 'statistics') expect(value).toBe(expected);
  // PyTorch's own file is of other features.
  else if (side.ofStatistics || kind.file === 'statistics.pt') expect(value).toBeGreaterThan(0);
  else expect(value).toBeCloseTo(expected, 6);
}

describe('study sweep', () => {
  const { reference, generated } = sweepSides;
  const drawable = kinds.filter((kind) => takenOf(kind, generated) !== 'statistics');
  const pairs = kinds.map((kind, i) => ({ kind, drawn: drawable[(i + 1) % drawable.length]! }));
  let expected: number;
  beforeAll(async () => {
    expected = await sweptFid(pathOf(npy), pathOf(npy), [], out());
  });

  it.each(pairs)(
    'takes $kind.kind as the reference, and draws from $drawn.kind',
    async ({ kind, drawn }) => {
      const flags = flagsOf([kind, reference], [drawn, generated]);
      const value = await sweptFid(pathOf(kind), pathOf(drawn), flags, out());
      expectSame(value, expected, kind, reference);
    },
  );

  it.each(kinds.filter((kind) => !drawable.includes(kind)))(
    'says what to give instead of $kind to draw from',
    async (kind) => {
      await expect(sweptFid(pathOf(npy), pathOf(kind), [], out())).rejects.toMatchObject(
        refused(generated.ofStatistics as Refusal, pathOf(kind)),
      );
    },
  );
});

describe('study reproduce cfm-gap', () => {
  it.each(kinds)('opens $kind as the generated side, and asks for 20,000 images', async (kind) => {
    const refusal = cfmGapGenerated.ofStatistics as Refusal;
    const isStatistics = takenOf(kind, cfmGapGenerated) === 'statistics';
    const message = isStatistics ? refusal.message : `PATH has ${count} samples`;
    const flags = flagsOf([kind, cfmGapGenerated]);
    await expect(openedForCfmGap(given.other, pathOf(kind), flags)).rejects.toMatchObject(
      refused({ ...refusal, message }, pathOf(kind)),
    );
  });
});

import { expect, it } from 'vitest';
import { setName } from '../../src/sides/set-name.ts';

it.each([
  ['runs/generated', 'generated'],
  ['runs/generated/', 'generated'],
  ['pool.npy', 'pool'],
  ['statistics.NPZ', 'statistics'],
  ['cache.pt', 'cache'],
  ['model/features.npy', 'model'],
  ['features.npy', 'features'],
  ['cifar10:train', 'cifar10-train'],
  ['v1.5/samples.tar.zip', 'samples.tar'],
  ['shards/wds-{000..127}.tar', 'wds-{000..127}'],
  ['data/train-*.parquet', 'train--'],
])('of %s is %s', (path, name) => {
  expect(setName(path)).toBe(name);
});

import { largestDimension } from '../src/arrays/largest-dimension.ts';
import { StudyError } from '../src/errors.ts';
import type { FeatureRows } from '../src/metrics/features.ts';
import type { Statistics } from '../src/metrics/reference.ts';
import { floatsOf, npyFloats } from './npy.ts';
import { arraysOf } from './npz.ts';

/** A dropped file: statistics, or features. */
export type Dropped =
  | {
      readonly kind: 'statistics';
      readonly path: string;
      readonly dimension: number;
      readonly statistics: Statistics;
    }
  | ({ readonly kind: 'features'; readonly path: string } & FeatureRows);

/** Numbers of a features file that are read: 2 GiB of float64. */
const MOST_NUMBERS = 2 ** 28;

/**
 * Statistics (.npz with mu and sigma) or features (.npy [N, d]) of a file.
 *
 * @throws StudyError for anything else
 */
export async function openFile(file: File): Promise<Dropped> {
  const { name: path } = file;
  const start = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  if (start[0] === 0x50 && start[1] === 0x4b) return statisticsOf(file, path);
  const header = npyFloats(new DataView(await file.slice(0, 65_548).arrayBuffer()), path);
  const [rows = 0, dimension = 0] = header.shape;
  if (header.shape.length !== 2 || rows < 2 || dimension < 1) {
    const shape = `(${header.shape.join(', ')})`;
    throw new StudyError(`${path} has the shape ${shape}`, 'features are [N, d], a row per image');
  }
  requireDimension(dimension, path);
  const length = rows * dimension;
  const end = header.dataOffset + length * header.bytesEach;
  if (length > MOST_NUMBERS) {
    throw new StudyError(
      `${path} holds ${length} numbers`,
      'use study estimate for sets this large',
    );
  }
  if (end > file.size) throw new StudyError(`${path} is cut short`, 'write it again');
  const data = floatsOf(await file.slice(header.dataOffset, end).arrayBuffer(), header);
  requireFinite(data, path);
  return {
    kind: 'features',
    path,
    rows,
    dimension,
    readBlock(first, count, out) {
      out.set(data.subarray(first * dimension, (first + count) * dimension));
    },
  };
}

async function statisticsOf(file: File, path: string): Promise<Dropped> {
  const { mu, sigma } = await arraysOf(file, ['mu', 'sigma'], path);
  const [dimension = 0] = mu!.shape;
  const isSquare = sigma!.shape.length === 2 && sigma!.shape.every((n) => n === dimension);
  if (mu!.shape.length !== 1 || dimension === 0 || !isSquare) {
    const shapes = `mu (${mu!.shape.join(', ')}) and sigma (${sigma!.shape.join(', ')})`;
    throw new StudyError(`${path} has ${shapes}`, 'they should be mu (d,) and sigma (d, d)');
  }
  requireDimension(dimension, path);
  requireFinite(mu!.values, path);
  requireFinite(sigma!.values, path);
  const statistics = { mean: mu!.values, covariance: sigma!.values };
  return { kind: 'statistics', path, dimension, statistics };
}

function requireDimension(dimension: number, path: string): void {
  if (dimension <= largestDimension) return;
  throw new StudyError(`${path} has ${dimension} dimensions`, `up to ${largestDimension} are read`);
}

function requireFinite(values: Float64Array, path: string): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new StudyError(`number ${at} in ${path} is ${values[at]}`, 'look for NaN features');
}

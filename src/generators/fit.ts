import { StudyError } from '../errors.ts';
import { requirePixels } from '../images/pixels.ts';
import { largestBatch, shown } from '../models/custom/fit.ts';
import type { Port, Signature } from '../onnx/signature.ts';
import type { GeneratorDescription } from './description.ts';

/** What the ONNX file adds to its description. */
export interface GeneratorFit {
  /** Images per run: always so many, for a batch of another size may give other bits. */
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  /** How classes go in; null without classes. */
  readonly classes: 'int64' | 'int32' | 'one-hot' | null;
}

/** Images per run if neither the file nor its description says. */
const usualBatch = 16;

/** Most numbers of a batch that go in or come out: 1 GB of float32. */
const mostNumbers = 2 ** 28;

/**
 * Checks a generator's description against its inputs and outputs.
 *
 * @param path of the ONNX file, for messages
 * @throws StudyError if they disagree, or it needs more than latents and classes
 */
export function generatorFit(
  description: GeneratorDescription,
  { inputs, outputs }: Signature,
  path: string,
): GeneratorFit {
  const { latent, classes, output } = description;
  const z = inputOf(inputs, latent.name, 'latent', path);
  requireLatent(z, latent.shape, path);
  const y = classes && inputOf(inputs, classes.name, 'class', path);
  const others = inputs.filter((each) => each !== z && each !== y);
  if (others.length > 0) {
    throw new StudyError(
      `${path} needs more than its description gives: ${others.map(shown).join(', ')}`,
      'describe an input of classes under classes; export any other input as a constant',
    );
  }
  const kind = classes && y ? classesOf(y, classes.count, path) : null;
  const images = outputs.find((each) => each.name === output.name);
  if (!images) {
    throw new StudyError(
      `${path} has no output ${output.name}`,
      `its outputs: ${outputs.map(shown).join(', ') || 'none'}`,
    );
  }
  const [height, width] = sizeOf(images, description, path);
  requirePixels(height, width, path);
  const batch = batchOf([z, ...(y ? [y] : []), images], description, path);
  const numbers = latent.shape.reduce((product, each) => product * each, 1);
  if (batch * Math.max(numbers, 3 * height * width) > mostNumbers) {
    throw new StudyError(
      `${path} would run ${batch} images of ${height} × ${width} at a time`,
      'set a smaller batch in its description',
    );
  }
  return { batch, height, width, classes: kind };
}

function inputOf(inputs: readonly Port[], name: string, what: string, path: string): Port {
  const found = inputs.find((each) => each.name === name);
  if (found) return found;
  throw new StudyError(
    `${path} has no ${what} input ${name}`,
    `its inputs: ${inputs.map(shown).join(', ') || 'none: it gives the same images always'}`,
  );
}

function requireLatent(port: Port, shape: readonly number[], path: string): void {
  if (port.type !== 'float32') {
    throw new StudyError(
      `${path} takes latents of ${port.type}: ${shown(port)}`,
      'export the generator in float32',
    );
  }
  if (!port.dims) return;
  const each = port.dims.slice(1);
  const fits =
    port.dims.length > 0 &&
    each.length === shape.length &&
    each.every((length, i) => typeof length !== 'number' || length === shape[i]);
  if (fits) return;
  throw new StudyError(
    `latents of ${path} are ${shown(port)}, which [N, ${shape.join(', ')}] does not fit`,
    'set latent.shape in its description: the shape of one latent, without the batch',
  );
}

function classesOf(port: Port, count: number, path: string): 'int64' | 'int32' | 'one-hot' {
  const { type, dims } = port;
  const rank = dims?.length;
  if ((type === 'int64' || type === 'int32') && (rank === undefined || rank === 1)) return type;
  if (type !== 'float32' || (rank !== undefined && rank !== 2)) {
    throw new StudyError(
      `${path} takes classes as ${shown(port)}`,
      'classes go in as numbers, int64 or int32 [N], or as float32 [N, classes] with a 1 each',
    );
  }
  const inFile = dims?.[1];
  if (typeof inFile !== 'number' || inFile === count) return 'one-hot';
  throw new StudyError(
    `${path} takes ${inFile} classes, not ${count}: ${shown(port)}`,
    'set classes.count in its description',
  );
}

function sizeOf(
  port: Port,
  { output }: GeneratorDescription,
  path: string,
): readonly [height: number, width: number] {
  const { type, dims } = port;
  if (type !== 'float32' && type !== 'uint8') {
    throw new StudyError(
      `${path} gives ${type}, which is no image: ${shown(port)}`,
      'images come out as float32 or uint8',
    );
  }
  if (type === 'uint8' && output.range) {
    throw new StudyError(`${path} gives uint8: it has no range`, 'leave range out');
  }
  if (type === 'float32' && !output.range) {
    throw new StudyError(
      `the range of ${shown(port)} of ${path} is not stated`,
      'set output.range in its description: the values of black and white, such as [-1, 1]',
    );
  }
  const axes = output.layout === 'NCHW' ? ([1, 2, 3] as const) : ([3, 1, 2] as const);
  const [channels, ...sides] = axes.map((axis) => dims?.[axis]);
  const isImage =
    !dims || (dims.length === 4 && !(typeof channels === 'number' && !isColour(channels)));
  if (!isImage) {
    throw new StudyError(
      `${path} gives no images in ${output.layout}: ${shown(port)}`,
      'images are [N, C, H, W] in NCHW and [N, H, W, C] in NHWC, of 1 or 3 channels',
    );
  }
  const [height, width] = sides.map((side, i) => {
    const stated = output.size?.[i];
    const inFile = typeof side === 'number' ? side : undefined;
    if (stated !== undefined && inFile !== undefined && stated !== inFile) {
      throw new StudyError(
        `${path} gives images of ${sides.join(' × ')}, not ${output.size!.join(' × ')}`,
        'leave output.size out of its description: the file states it',
      );
    }
    return stated ?? inFile;
  });
  if (height !== undefined && width !== undefined) return [height, width];
  throw new StudyError(
    `${path} does not state the size of its images: ${shown(port)}`,
    'set output.size in its description: a side, or [height, width]',
  );
}

/** Grey or RGB. */
export function isColour(channels: number): boolean {
  return channels === 1 || channels === 3;
}

function batchOf(ports: readonly Port[], { batch }: GeneratorDescription, path: string): number {
  const fixed = ports.flatMap((port) => {
    const first = port.dims?.[0];
    return typeof first === 'number' ? [{ port, first }] : [];
  });
  const [one] = fixed;
  if (!one) return batch ?? usualBatch;
  const other = fixed.find(({ first }) => first !== one.first);
  if (other) {
    throw new StudyError(
      `${path} runs ${one.first} and ${other.first} images at a time: ${shown(one.port)}, ${shown(other.port)}`,
      'export it with the same number of images in all, or any',
    );
  }
  if ((batch !== undefined && batch !== one.first) || one.first > largestBatch) {
    throw new StudyError(
      `${path} runs ${one.first} images at a time, not ${batch ?? `at most ${largestBatch}`}`,
      'leave batch out of its description, or export it for any number of images',
    );
  }
  return one.first;
}

import { StudyError } from '../../errors.ts';
import type { Port, Signature } from '../../onnx/signature.ts';
import { type Description, largestRow, pooledAxes } from './description.ts';

/** Most images per run of a network. */
export const largestBatch = 4096;

/** What the ONNX file adds to its description. */
export interface Fit {
  /** Type of the input. */
  readonly type: 'float32' | 'uint8';
  /** Images per run, if the file fixes it. */
  readonly batch: number | null;
  /** Features per image. */
  readonly dimension: number;
}

/**
 * Checks a description against the network's own inputs and outputs.
 *
 * @param path of the ONNX file, for messages
 * @throws StudyError if they disagree, or the network needs more than images
 */
export function fitOf(description: Description, signature: Signature, path: string): Fit {
  const input = find(signature.inputs, description.input.name, 'input', path);
  const others = signature.inputs.filter((each) => each !== input);
  if (others.length > 0) {
    throw new StudyError(
      `${path} needs more than images: ${others.map(shown).join(', ')}`,
      'export the part of the network that takes images alone',
    );
  }
  const type = inputType(input, description, path);
  requireSize(input, description, path);
  const output = find(signature.outputs, description.output.name, 'output', path);
  const first = input.dims?.[0];
  const batch = typeof first === 'number' ? first : null;
  const dimension = dimensionOf(output, description, path);
  if ((batch ?? 0) > largestBatch) {
    throw new StudyError(
      `${path} takes ${batch} images per run: ${shown(input)}`,
      `export it for any number of images, or for at most ${largestBatch}`,
    );
  }
  if (dimension > largestRow) {
    throw new StudyError(
      `${path} gives ${dimension} features per image: ${shown(output)}`,
      `the limit is ${largestRow}: choose another output, or a pooling`,
    );
  }
  return { type, batch, dimension };
}

/** A port in words: `pixel_values float32 [batch, 3, 224, 224]`. */
export function shown({ name, type, dims }: Port): string {
  return `${name} ${type} ${dims ? `[${dims.join(', ')}]` : 'of unstated shape'}`;
}

function find(ports: readonly Port[], name: string, kind: string, path: string): Port {
  const found = ports.find((each) => each.name === name);
  if (found) return found;
  const known = ports.map((each) => each.name).join(', ') || 'none';
  throw new StudyError(`${path} has no ${kind} ${name}`, `its ${kind}s: ${known}`);
}

function inputType(input: Port, { scaling }: Description, path: string): Fit['type'] {
  const { type } = input;
  if (type === 'float32') return type;
  if (type !== 'uint8') throw wrongType(input, 'takes', path);
  if (!scaling) return type;
  throw new StudyError(
    `${path} takes uint8: there is nothing to scale`,
    'leave scaling out of its description',
  );
}

function wrongType(port: Port, verb: string, path: string): StudyError {
  return new StudyError(
    `${path} ${verb} ${port.type}: ${shown(port)}`,
    /float|complex/.test(port.type)
      ? 'export the network in float32'
      : 'images go in as float32 or uint8, features come out as float32',
  );
}

function requireSize(input: Port, description: Description, path: string): void {
  if (!input.dims) return;
  const { layout } = description.input;
  const axes = layout === 'NCHW' ? ([1, 2, 3] as const) : ([3, 1, 2] as const);
  const [channels, height, width] = axes.map((axis) => input.dims![axis]);
  if (input.dims.length !== 4 || (typeof channels === 'number' && channels !== 3)) {
    throw new StudyError(
      `${path} does not take RGB images in ${layout}: ${shown(input)}`,
      'layout is NCHW for [N, 3, H, W], NHWC for [N, H, W, 3]',
    );
  }
  const { resize, crop } = description;
  const given = crop ?? resize?.size;
  for (const [i, wanted] of [height, width].entries()) {
    if (typeof wanted !== 'number' || given?.[i] === wanted) continue;
    const gets = given ? `, but gets ${given.join(' × ')}` : '';
    throw new StudyError(
      `${path} takes images of ${height} × ${width}${gets}`,
      resize?.shortest !== undefined && !crop
        ? `add "crop": [${height}, ${width}]`
        : 'set resize, or crop after it, to this size',
    );
  }
}

function dimensionOf(output: Port, { input, output: wanted }: Description, path: string): number {
  if (output.type !== 'float32') throw wrongType(output, 'gives', path);
  const rank: number = pooledAxes[wanted.pooling];
  if (output.dims && output.dims.length !== rank) {
    const fitting = Object.entries(pooledAxes).filter(([, axes]) => axes === output.dims!.length);
    throw new StudyError(
      `pooling ${wanted.pooling} does not fit ${shown(output)} of ${path}`,
      fitting.length > 0
        ? `poolings that fit: ${fitting.map(([name]) => name).join(', ')}`
        : 'features come from outputs [N, D], [N, T, D] or [N, C, H, W]',
    );
  }
  const axis = rank === 4 && input.layout === 'NCHW' ? 1 : rank - 1;
  const inFile = output.dims?.[axis];
  if (typeof inFile !== 'number') {
    if (wanted.dimension !== undefined) return wanted.dimension;
    throw new StudyError(
      `${path} does not state the features per image of ${shown(output)}`,
      'state it as dimension, under output',
    );
  }
  if (wanted.dimension === undefined || wanted.dimension === inFile) return inFile;
  throw new StudyError(
    `${path} gives ${inFile} features per image, not ${wanted.dimension}: ${shown(output)}`,
    'leave dimension out: the file states it',
  );
}

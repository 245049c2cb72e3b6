import type { Port, Signature } from '../../onnx/signature.ts';
import { descriptionFormat } from './description.ts';
import { shown } from './fit.ts';

/** Defaults if nothing is known of a network: ImageNet's usual side, mean and standard deviation. */
const usual = { side: 224, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

export interface Proposal {
  /** A description to start from, as JSON. */
  readonly json: string;
  /** What the ONNX file does not say and the user must look up. */
  readonly toCheck: readonly string[];
}

/**
 * A description that fits a network's inputs and outputs; unknown fields are guesses.
 *
 * @param dimension features per image, if known and not stated in the file
 */
export function propose({ inputs, outputs }: Signature, dimension?: number): Proposal {
  const input = inputs.find(({ dims }) => dims?.length === 4) ?? inputs[0];
  const output = outputs.find(({ dims }) => dims?.length === 2) ?? outputs[0];
  const description = {
    format: descriptionFormat,
    ...inputOf(input),
    output: { name: output?.name ?? 'features', ...poolingOf(output, dimension) },
  };
  const toCheck = [
    ...('resize' in description
      ? ['resize: size and filter that the network was trained with']
      : []),
    ...('scaling' in description
      ? ["scaling: these are ImageNet's mean and standard deviation"]
      : []),
    ...(outputs.length > 1 ? [`output: one of ${outputs.map(shown).join(', ')}`] : []),
    ...('pooling' in description.output
      ? ['output.pooling: how the output becomes one row per image']
      : []),
    ...('dimension' in description.output && dimension === undefined
      ? ['output.dimension: features per image, which the file does not state']
      : []),
    ...(inputs.length > 1
      ? [`inputs: only images can be given, not ${inputs.map(shown).join(', ')}`]
      : []),
  ];
  return { json: withShortLists(JSON.stringify(description, null, 2)), toCheck };
}

function inputOf(input: Port | undefined) {
  const dims = input?.dims ?? [];
  const layout = dims[3] === 3 && dims[1] !== 3 ? 'NHWC' : 'NCHW';
  const [height, width] = layout === 'NCHW' ? dims.slice(2) : dims.slice(1, 3);
  const side = (length: number | string | undefined) =>
    typeof length === 'number' ? length : usual.side;
  const bytes = input?.type === 'uint8';
  const anySize = typeof height !== 'number' && typeof width !== 'number';
  return {
    input: { name: input?.name ?? 'images', layout, colors: 'RGB' },
    ...(!(bytes && anySize) && {
      resize: { size: [side(height), side(width)], filter: 'pillow-bicubic' },
    }),
    ...(!bytes && { scaling: { divisor: 255, mean: usual.mean, std: usual.std } }),
  };
}

function poolingOf(output: Port | undefined, dimension = 768) {
  const dims = output?.dims;
  const pooling = dims?.length === 3 ? 'cls' : dims?.length === 4 ? 'mean-space' : undefined;
  const last = dims?.length === 4 ? dims[1] : dims?.at(-1);
  return {
    ...(pooling && { pooling }),
    ...(typeof last !== 'number' && { dimension }),
  };
}

/** Puts each list of numbers on one line. */
function withShortLists(json: string): string {
  return json.replace(/\[[^[\]{}]*\]/g, (list) =>
    list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  );
}

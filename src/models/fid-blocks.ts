import type { FidLayers, Maps } from './fid-layers.ts';

// The blocks of Inception-v3 (Szegedy et al., 2016, figures 5 to 7), named as in torchvision's
// `inception.py`. A kernel is [height, width]; its padding keeps the size of the maps.

/** A block: its layers are called `name.branch…`. */
type Block = (layers: FidLayers, name: string, input: Maps) => Maps;

const square1 = [1, 1] as const;
const square3 = [3, 3] as const;
const row3 = [1, 3] as const;
const column3 = [3, 1] as const;
const row7 = [1, 7] as const;
const column7 = [7, 1] as const;
const keep3 = { padding: [1, 1] } as const;
const keepRow3 = { padding: [0, 1] } as const;
const keepColumn3 = { padding: [1, 0] } as const;
const keepRow7 = { padding: [0, 3] } as const;
const keepColumn7 = { padding: [3, 0] } as const;
const halve = { stride: 2 } as const;

/** 35 × 35: Mixed_5b, 5c, 5d. */
export function blockA(pooled: number): Block {
  return (layers, name, input) => {
    const { convolution } = layers;
    const own = convolution(`${name}.branch1x1`, input, 64, square1);

    let five = convolution(`${name}.branch5x5_1`, input, 48, square1);
    five = convolution(`${name}.branch5x5_2`, five, 64, [5, 5], { padding: [2, 2] });

    let double = convolution(`${name}.branch3x3dbl_1`, input, 64, square1);
    double = convolution(`${name}.branch3x3dbl_2`, double, 96, square3, keep3);
    double = convolution(`${name}.branch3x3dbl_3`, double, 96, square3, keep3);

    const average = layers.averagePool(`${name}.average`, input);
    const pool = convolution(`${name}.branch_pool`, average, pooled, square1);
    return layers.concatenate(name, [own, five, double, pool]);
  };
}

/** 35 × 35 to 17 × 17: Mixed_6a. */
export const blockB: Block = (layers, name, input) => {
  const { convolution } = layers;
  const three = convolution(`${name}.branch3x3`, input, 384, square3, halve);

  let double = convolution(`${name}.branch3x3dbl_1`, input, 64, square1);
  double = convolution(`${name}.branch3x3dbl_2`, double, 96, square3, keep3);
  double = convolution(`${name}.branch3x3dbl_3`, double, 96, square3, halve);

  return layers.concatenate(name, [three, double, layers.reduce(`${name}.max`, input)]);
};

/** 17 × 17: Mixed_6b, 6c, 6d, 6e, with more channels inside from one to the next. */
export function blockC(inner: number): Block {
  return (layers, name, input) => {
    const { convolution } = layers;
    const own = convolution(`${name}.branch1x1`, input, 192, square1);

    let seven = convolution(`${name}.branch7x7_1`, input, inner, square1);
    seven = convolution(`${name}.branch7x7_2`, seven, inner, row7, keepRow7);
    seven = convolution(`${name}.branch7x7_3`, seven, 192, column7, keepColumn7);

    let double = convolution(`${name}.branch7x7dbl_1`, input, inner, square1);
    double = convolution(`${name}.branch7x7dbl_2`, double, inner, column7, keepColumn7);
    double = convolution(`${name}.branch7x7dbl_3`, double, inner, row7, keepRow7);
    double = convolution(`${name}.branch7x7dbl_4`, double, inner, column7, keepColumn7);
    double = convolution(`${name}.branch7x7dbl_5`, double, 192, row7, keepRow7);

    const average = layers.averagePool(`${name}.average`, input);
    const pool = convolution(`${name}.branch_pool`, average, 192, square1);
    return layers.concatenate(name, [own, seven, double, pool]);
  };
}

/** 17 × 17 to 8 × 8: Mixed_7a. */
export const blockD: Block = (layers, name, input) => {
  const { convolution } = layers;
  let three = convolution(`${name}.branch3x3_1`, input, 192, square1);
  three = convolution(`${name}.branch3x3_2`, three, 320, square3, halve);

  let seven = convolution(`${name}.branch7x7x3_1`, input, 192, square1);
  seven = convolution(`${name}.branch7x7x3_2`, seven, 192, row7, keepRow7);
  seven = convolution(`${name}.branch7x7x3_3`, seven, 192, column7, keepColumn7);
  seven = convolution(`${name}.branch7x7x3_4`, seven, 192, square3, halve);

  return layers.concatenate(name, [three, seven, layers.reduce(`${name}.max`, input)]);
};

/**
 * 8 × 8: Mixed_7b and 7c. The network of 2015 uses a max pool in the last block; no torchvision
 * Inception does.
 */
export function blockE(pooling: 'averagePool' | 'maxPool'): Block {
  return (layers, name, input) => {
    const { convolution } = layers;
    const own = convolution(`${name}.branch1x1`, input, 320, square1);

    const three = convolution(`${name}.branch3x3_1`, input, 384, square1);
    const threeRow = convolution(`${name}.branch3x3_2a`, three, 384, row3, keepRow3);
    const threeColumn = convolution(`${name}.branch3x3_2b`, three, 384, column3, keepColumn3);

    let double = convolution(`${name}.branch3x3dbl_1`, input, 448, square1);
    double = convolution(`${name}.branch3x3dbl_2`, double, 384, square3, keep3);
    const doubleRow = convolution(`${name}.branch3x3dbl_3a`, double, 384, row3, keepRow3);
    const doubleColumn = convolution(`${name}.branch3x3dbl_3b`, double, 384, column3, keepColumn3);

    const around = layers[pooling](`${name}.pool`, input);
    const pool = convolution(`${name}.branch_pool`, around, 192, square1);
    const parts = [own, threeRow, threeColumn, doubleRow, doubleColumn, pool];
    return layers.concatenate(name, parts);
  };
}

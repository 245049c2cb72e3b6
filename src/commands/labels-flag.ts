/** The flag of class-balanced generation, wherever images are drawn from a set. */
export const labelsFlag = [
  '--labels <file>',
  'class of each generated image: draws keep the shares of the classes (text, .npy, or .npz with arr_1)',
] as const;

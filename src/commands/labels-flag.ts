/** The flag for class-balanced sets, in every command that draws images from a set. */
export const labelsFlag = [
  '--labels <file>',
  'class of each generated image; draws keep the class shares (text, .npy, .npz with arr_1, or auto: as its folders, .cls or labels say)',
] as const;

/**
 * Names of the package's models, as `registry.ts` lists them. Every command that takes images prints
 * them in its help: it need not load all networks for that.
 */
export const modelNames: readonly string[] = [
  'nsfw-inception-v3',
  'fid-inception',
  'dinov2-vit-l-14',
  'dinov2-vit-b-14',
  'clip-vit-l-14-336',
];

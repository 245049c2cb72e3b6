/** The network of FID: the Inception of 2015, in any of its ports. */
export const FID_NETWORK = 'fid-inception';

/** A network that others published distances of. */
export interface PublishedNetwork {
  /** d, the features of an image. */
  readonly features: number;
  /**
   * Squared units of its features, FID's as 1: distances, constants and variances scale by it. The
   * medians of one paper's plug-in errors on the same images, 33.614 and 0.988 between 10,000 and
   * 50,000 images against 2.959 of FID (arXiv 2610.07114).
   */
  readonly unit: number;
}

/** Networks of experiments/published-pairs.csv, as `--model` names them. */
export const publishedNetworks = {
  'fid-inception': { features: 2048, unit: 1 },
  'dinov2-vit-l14': { features: 1024, unit: 11.36 },
  'clip-vit-l14': { features: 768, unit: 0.334 },
} as const satisfies Record<string, PublishedNetwork>;

/** A network by its name in experiments/published-pairs.csv. */
export type NetworkName = keyof typeof publishedNetworks;

/** All names, FID's first. */
export const networkNames = Object.keys(publishedNetworks) as NetworkName[];

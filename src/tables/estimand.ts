/** What bias is measured against, and its standard error. */
export interface Estimand {
  readonly value: number;
  /** Standard error of the value; 0 if it is known exactly. */
  readonly se: number;
  /** `population`: closed form; `intercept`: of FID on 1/N; `pool`: FID of the whole pool. */
  readonly kind: 'population' | 'intercept' | 'pool';
  /** For `pool`: the size whose FID it is; bias cannot be measured there. */
  readonly size?: number;
  /** For `pool`: estimated bias of the value itself; null if unknown. */
  readonly bias?: number | null;
  /** Whether `bias` is a lower bound only, because it comes from too few images. */
  readonly isLeastBias?: boolean;
  /** One sentence for tables and captions. */
  readonly description: string;
}

/** A published value to compare a source with. */
export interface PublishedPoint {
  readonly size: number;
  readonly fid: number;
  readonly label: string;
  readonly url: string;
}

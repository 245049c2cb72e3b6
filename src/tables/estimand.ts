/** What bias is measured against, and how sure that is. */
export interface Estimand {
  readonly value: number;
  /** Standard error of the value; 0 where it is known exactly. */
  readonly se: number;
  /** `population`: closed form; `intercept`: of FID on 1/N; `pool`: FID of the whole pool. */
  readonly kind: 'population' | 'intercept' | 'pool';
  /** Of the kind `pool`, the size that it is the FID of: there no bias can be seen. */
  readonly size?: number;
  /** Of the kind `pool`, about how much of the value is bias itself; null where it is not known. */
  readonly bias?: number | null;
  /** Whether `bias` is from too few images, and the least that it can be. */
  readonly isLeastBias?: boolean;
  /** One sentence for tables and captions. */
  readonly description: string;
}

/** A published value that a source can be held against. */
export interface PublishedPoint {
  readonly size: number;
  readonly fid: number;
  readonly label: string;
  readonly url: string;
}

/** How features differ from those of the baseline. */
export interface FeatureChange {
  /** Largest difference of one feature. */
  readonly largest: number;
  /** Largest |x − x₀| / |x₀| over images, of whole feature vectors. */
  readonly relative: number;
  /** Share of the features whose bits differ. */
  readonly changed: number;
}

export function featureChange(
  values: Float32Array,
  baseline: Float32Array,
  dimension: number,
): FeatureChange {
  if (values.length !== baseline.length) {
    throw new RangeError(`${values.length} and ${baseline.length} features`);
  }
  let [largest, relative, changed] = [0, 0, 0];
  for (let start = 0; start < values.length; start += dimension) {
    let [difference, norm] = [0, 0];
    for (let k = start; k < start + dimension; k++) {
      const change = Math.abs(values[k]! - baseline[k]!);
      if (change > 0) changed++;
      largest = Math.max(largest, change);
      difference += change * change;
      norm += baseline[k]! ** 2;
    }
    if (difference > 0) relative = Math.max(relative, Math.sqrt(difference / norm));
  }
  return { largest, relative, changed: changed / values.length };
}

/** Features as they come back from a file of float16: to the nearest of 11 bits, ties to even. */
export function throughFloat16(values: Float32Array): Float32Array {
  return values.map((value) => {
    // Below 2⁻¹⁴ the steps of half precision no longer shrink.
    const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value))));
    const step = 2 ** (exponent - 10);
    const steps = value / step;
    const nearest = Math.round(steps);
    const isTie = Math.abs(steps - Math.trunc(steps)) === 0.5;
    return value === 0 ? 0 : (isTie ? 2 * Math.round(steps / 2) : nearest) * step;
  });
}

/** Float32 as text, for a file of JSON: all bits are kept. */
export function toBase64(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

export function fromBase64(text: string): Float32Array {
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  return new Float32Array(bytes.buffer);
}

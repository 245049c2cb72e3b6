/** An array in a file, whose numbers have not been read. */
export interface StoredArray {
  readonly kind: 'array';
  /** By NumPy's name, such as `float32`; what is not of numbers may have any text. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /**
   * The numbers, row-major: float32 where no digit is lost.
   * @throws StudyError if they are missing or damaged
   */
  read(): Promise<Float32Array | Float64Array>;
}

/** What a file holds: arrays and plain values, alone or by name. Other things are left out. */
export type Content = StoredArray | ContentDict | ContentList | number | string | null;

export interface ContentDict extends ReadonlyMap<string, Content> {}
export interface ContentList extends ReadonlyArray<Content> {}

export function isStoredArray(content: Content | undefined): content is StoredArray {
  return typeof content === 'object' && content !== null && 'kind' in content;
}

interface Shape {
  readonly rows: number;
  readonly columns: number;
}

/**
 * The shape of op(a) · op(b), and the length of its sums.
 *
 * @throws Error if the operands do not fit
 */
export function productShape(
  a: Shape,
  b: Shape,
  transposeA: boolean,
  transposeB: boolean,
): Shape & { readonly inner: number } {
  const [rows, inner] = transposeA ? [a.columns, a.rows] : [a.rows, a.columns];
  const [innerB, columns] = transposeB ? [b.columns, b.rows] : [b.rows, b.columns];
  if (inner !== innerB) throw new Error(`inner dimensions differ: ${inner} and ${innerB}`);
  return { rows, columns, inner };
}

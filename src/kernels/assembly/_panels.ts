// Two ways into a panel: a matrix's columns (its rows are the depth), or its rows.

/** Packs 4 neighbouring columns of `depth` rows, `stride` bytes apart. */
export function packColumns(depth: i32, from: usize, stride: usize, panel: usize): void {
  for (let k = 0; k < depth; k++) {
    v128.store(panel, v128.load(from));
    v128.store(panel, v128.load(from, 16), 16);
    from += stride;
    panel += 32;
  }
}

/** Packs 4 rows, `stride` bytes apart, of `depth` (a multiple of 2) columns. */
export function packRows(depth: i32, from: usize, stride: usize, panel: usize): void {
  const r1 = from + stride;
  const r2 = r1 + stride;
  const r3 = r2 + stride;
  const bytes = (<usize>depth) << 3;
  for (let at: usize = 0; at < bytes; at += 16) {
    const a = v128.load(from + at);
    const b = v128.load(r1 + at);
    const c = v128.load(r2 + at);
    const d = v128.load(r3 + at);
    v128.store(panel, i64x2.shuffle(a, b, 0, 2));
    v128.store(panel, i64x2.shuffle(c, d, 0, 2), 16);
    v128.store(panel, i64x2.shuffle(a, b, 1, 3), 32);
    v128.store(panel, i64x2.shuffle(c, d, 1, 3), 48);
    panel += 64;
  }
}


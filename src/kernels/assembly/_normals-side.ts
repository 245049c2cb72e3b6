// A scalar xoshiro256++ (Blackman & Vigna 2021, doi 10.1145/3460772) next to the lanes: it feeds the
// rare candidates that the ziggurat does not accept at once.

import { SIDE } from './_normals-layout';

/** The next 64 random bits. */
export function word(): u64 {
  const s0 = load<u64>(SIDE);
  const s1 = load<u64>(SIDE, 8);
  const s2 = load<u64>(SIDE, 16) ^ s0;
  const s3 = load<u64>(SIDE, 24);
  const bits = rotl<u64>(s0 + s3, 23) + s0;
  store<u64>(SIDE, s0 ^ s1 ^ s3);
  store<u64>(SIDE, s1 ^ s2, 8);
  store<u64>(SIDE, s2 ^ (s1 << 17), 16);
  store<u64>(SIDE, rotl<u64>(s1 ^ s3, 45), 24);
  return bits;
}

/** Uniform in (0, 1): the middles of 2⁵² equal cells, so never 0 or 1. */
export function uniform(): f64 {
  return (<f64>(<i64>(word() >> 12)) + 0.5) * 2.220446049250313e-16;
}

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DigestIndex } from '../../src/embeddings/digest-index.ts';
import { Digests } from '../../src/embeddings/digests.ts';

const digest = (name: number) => createHash('sha256').update(String(name)).digest();
const digestsOf = (names: readonly number[]) => {
  const digests = new Digests(names.length);
  names.forEach((name, i) => {
    digests.set(i, digest(name));
  });
  return digests;
};

describe('an index of digests', () => {
  it('finds each image in the first set that has it, and no other', () => {
    const sets = [
      Array.from({ length: 300 }, (_, i) => 3 * i),
      Array.from({ length: 500 }, (_, i) => 2 * (i % 200)),
      [],
      [5, 7, 5],
    ];
    const index = new DigestIndex(sets.map(digestsOf));
    for (let name = 0; name < 1000; name++) {
      const set = sets.findIndex((names) => names.includes(name));
      const wanted = set < 0 ? undefined : { set, image: sets[set]!.indexOf(name) };
      expect(index.find(digest(name))).toEqual(wanted);
    }
  });

  it('tells digests apart that begin alike', () => {
    const same = [1, 2, 3].map((last) => Buffer.alloc(32).fill(last, 31));
    const index = new DigestIndex([new Digests(Buffer.concat(same.slice(0, 2)))]);
    expect(same.map((each) => index.find(each)?.image)).toEqual([0, 1, undefined]);
  });

  it('of no set finds nothing', () => {
    expect(new DigestIndex([]).find(digest(1))).toBeUndefined();
  });
});

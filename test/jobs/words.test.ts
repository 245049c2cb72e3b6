import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsOf, ranges } from '../../src/jobs/unfinished.ts';
import { quoted, wordsOf } from '../../src/jobs/words.ts';

const text = fc.string({ unit: fc.constantFrom(...'a b\'"\\$`\n\t-=*;é'), maxLength: 12 });

describe('words of a command line', () => {
  it('are those that were quoted', () => {
    fc.assert(
      fc.property(fc.array(text), (words) => {
        expect(wordsOf(words.map(quoted).join(' '))).toEqual(words);
      }),
    );
  });

  it('are those of a shell', () => {
    const lines = [
      `--partition=cpu --time=60`,
      `--comment='two words' "--constraint=a&b"   -p\tgpu`,
      `a\\ b 'c"d' "e'f" g"h i"j 'k'\\''l' "m\\"n\\\\o"`,
      `"" '' --x=""`,
    ];
    for (const line of lines) {
      const print = 'for (const word of process.argv.slice(1)) console.log(JSON.stringify(word))';
      const script = `"$0" -e '${print}' -- ${line}`;
      const shown = execFileSync('sh', ['-c', script, process.execPath], { encoding: 'utf8' });
      expect(wordsOf(line)).toEqual(
        shown
          .trim()
          .split('\n')
          .map((each) => JSON.parse(each)),
      );
    }
  });

  it('have an end', () => {
    for (const line of [`--x='a`, `"`, `a \\`])
      expect(() => wordsOf(line)).toThrow('without its end');
  });
});

describe('parts that are missing', () => {
  it('are written as schedulers read them', () => {
    expect(ranges([])).toBe('');
    expect(ranges([4])).toBe('4');
    expect(ranges([0, 1, 2, 5, 7, 8])).toBe('0-2,5,7-8');
    const units = [0, 3, 7, 11].map((index) => ({ index, data: null, id: '' }));
    expect(partsOf(units, 4)).toEqual([0, 3]);
  });
});

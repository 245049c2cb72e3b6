import { versus as compared, versusLine } from '../src/answers/correct/versus.ts';
import { type Answer, numberOf, optionalSize, sizeOf, type Values } from './answer.ts';
import { constantFlags, constantOf } from './constant.ts';

/** Whether A is better than B, from two reported numbers. */
export function versus(values: Values): Answer {
  const reference = optionalSize(values, 'reference', 'M');
  const to = { generated: sizeOf(values, 'to', 'N to compare at', true), reference };
  const of = (letter: 'a' | 'b') => ({
    fid: numberOf(values, letter, `FID of ${letter.toUpperCase()}`),
    sizes: { generated: sizeOf(values, `${letter}n`, `N of ${letter.toUpperCase()}`), reference },
  });
  const result = compared(of('a'), of('b'), to, constantOf(values));
  const line = versusLine(result, to).replace('the first', 'A').replace('the second', 'B');
  const size = values.reference === undefined ? '' : ` --reference-size ${values.reference}`;
  return {
    lines: [line.replace('the two', 'A and B')],
    notes: [
      'both FIDs are of one data set, network and reference, and of models trained apart',
      ...(result.reliable
        ? []
        : ['not to be relied on: a size does not exceed the number of features']),
    ],
    command: `study correct --fid ${values.a} --from ${values.an} --versus ${values.b} --versus-from ${values.bn} --to ${values.to}${size} ${constantFlags(values)}`,
  };
}

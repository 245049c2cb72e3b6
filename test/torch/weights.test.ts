import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { tensorValues } from '../../src/torch/tensor.ts';
import { readWeights } from '../../src/torch/weights.ts';

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));

/** Name, shape and number of the network of make-formats.py. */
const shapes = [
  ['0.weight', [3, 2, 1, 2], 0],
  ['1.weight', [3], 1],
  ['1.bias', [3], 2],
  ['1.running_mean', [3], 3],
  ['1.running_var', [3], 4],
] as const;

describe.each(['one', 'two'])('readWeights of %s', (version) => {
  it.each(['state-dict.pth', 'state-dict-legacy.pth', 'weights.safetensors', 'parameters.pth'])(
    'reads %s, whose halves become float32',
    async (name) => {
      const { tensors } = await readWeights(fixture(`${version}/${name}`));
      const known = name === 'parameters.pth' ? shapes.slice(0, 3) : shapes;
      const counter = name === 'parameters.pth' ? [] : ['1.num_batches_tracked'];
      expect([...tensors.keys()].sort()).toEqual(
        [...known.map(([each]) => each), ...counter].sort(),
      );
      for (const [each, shape, at] of known) {
        const values = tensorValues(tensors.get(each)!, shape, each);
        expect(values).toBeInstanceOf(Float32Array);
        expect([...values]).toEqual(Array.from(values, (_, i) => i / 8 - at));
      }
      if (counter.length === 0) return;
      expect(() => tensorValues(tensors.get(counter[0]!)!, [], 'x')).toThrow('is int64 []');
    },
  );

  it('says which dict of a checkpoint to save', async () => {
    await expect(readWeights(fixture(`${version}/checkpoint.pth`))).rejects.toMatchObject({
      name: 'StudyError',
      message: '"state_dict" is a dict within the dict: of "0.weight", "1.weight", "1.bias"',
      hint: expect.stringContaining('torch.save(torch.load(path)["state_dict"], other)'),
    });
  });

  it.each([
    ['float32.pt', 'holds no dict of tensors'],
    ['script.pt', 'refused a module of TorchScript'],
    ['dict.pt', '"names" is no tensor, but a list'],
    ['edm2-4.pkl', 'its magic number is another'],
  ])('refuses %s', async (name, message) => {
    await expect(readWeights(fixture(`${version}/${name}`))).rejects.toThrow(StudyError);
    await expect(readWeights(fixture(`${version}/${name}`))).rejects.toThrow(message);
  });

  it('refuses every cut of a file', async () => {
    for (const name of ['state-dict.pth', 'weights.safetensors']) {
      const whole = fixture(`${version}/${name}`);
      for (let length = 0; length < whole.length; length += 7) {
        await expect(readWeights(whole.subarray(0, length))).rejects.toThrow(StudyError);
      }
    }
  });
});

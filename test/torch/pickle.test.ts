import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { Cursor } from '../../src/torch/cursor.ts';
import { readLegacyFile } from '../../src/torch/legacy-file.ts';
import { plainHost, readPickle } from '../../src/torch/pickle.ts';
import { readStateDict } from '../../src/torch/state-dict.ts';
import { tensorValues } from '../../src/torch/tensor.ts';

const fixture = readFileSync(new URL('./fixtures/legacy.pth', import.meta.url));
const plain = (bytes: string) => readPickle(new Cursor(Buffer.from(bytes, 'latin1')), plainHost);
const state = (bytes: string) => readStateDict(new Cursor(Buffer.from(bytes, 'latin1')));

/** BINUNICODE. */
const text = (value: string) => `X${String.fromCharCode(value.length)}\0\0\0${value}`;
const rebuild = 'ctorch._utils\n_rebuild_tensor_v2\n';
/** A state dict of one float tensor 'w'. */
const tensor = (length: string, offset: string, shape: string, strides: string, end = '\x89N') =>
  `\x80\x02}(${text('w')}${rebuild}((${text('storage')}ctorch\nFloatStorage\n${text('1')}` +
  `${text('cpu')}${length}NtQ${offset}${shape}${strides}${end}tRu.`;
const orderedDict = 'ccollections\nOrderedDict\n';
/** Of a tensor [2] whose need of a gradient and hooks are these. */
const ending = (end: string) => tensor('K\x02', 'K\x00', 'K\x02\x85', 'K\x01\x85', end);

describe('readPickle', () => {
  it('reads plain data', () => {
    const bytes = `\x80\x02}(${text('a')}](K\x01M\x02\x01J\xff\xff\xff\xffe${text('b')}\x8a\x02\x00\x80${text('c')}\x88u.`;
    expect(plain(bytes)).toEqual(
      new Map<string, unknown>([
        ['a', [1, 258, -1]],
        ['b', -32768n],
        ['c', true],
      ]),
    );
  });

  it.each([
    ['os.system in protocol 0', "cos\nsystem\n(S'true'\ntR.", 'os.system'],
    ['os.system in protocol 2', `\x80\x02cos\nsystem\n${text('true')}\x85R.`, 'os.system'],
    ['posix.system', `\x80\x02cposix\nsystem\n${text('true')}\x85R.`, 'posix.system'],
    ['eval', `\x80\x02c__builtin__\neval\n${text('1')}\x85R.`, '__builtin__.eval'],
    ['a dotted name', '\x80\x02ctorch\nserialization.load\n.', 'torch.serialization.load'],
    ['another storage', '\x80\x02ctorch\nHalfStorage\n.', 'torch.HalfStorage'],
    ['protocol 4', '\x80\x04\x95.', 'protocol 4'],
    ['a global of protocol 4', `\x80\x02${text('os')}${text('system')}\x93.`, 'STACK_GLOBAL'],
    ['an object by name', '\x80\x02(ios\nsystem\n.', 'opcode INST'],
    ['a new object', '\x80\x02)\x81.', 'opcode NEWOBJ'],
    ['a state to be set', '\x80\x02}}b.', 'opcode BUILD'],
    ['an extension', '\x80\x02\x82\x01.', 'opcode EXT1'],
    ['no opcode', '\x80\x02\xff.', '0xff'],
  ])('refuses %s by name', (_, bytes, named) => {
    expect(() => state(bytes)).toThrow(StudyError);
    expect(() => state(bytes)).toThrow(/^refused /);
    expect(() => state(bytes)).toThrow(named);
  });

  it.each([
    ['Double', 'float64'],
    ['Half', 'float16'],
    ['Int', 'int32'],
  ])('says of torch.%sStorage that its elements are %s, not that it is a threat', (name, type) => {
    const refusal = expect.objectContaining({
      message: `refused elements of ${type} (torch.${name}Storage): only tensors of float32 are read`,
      hint: expect.not.stringContaining('trust'),
    });
    expect(() => state(`\x80\x02ctorch\n${name}Storage\n.`)).toThrow(refusal);
  });

  it('stops at more opcodes than any file of ours has', () => {
    expect(() => plain(`\x80\x02${'N'.repeat(2 ** 22 + 1)}.`)).toThrow('more than 4194304 opcodes');
  });

  it('refuses globals of tensors where there is to be plain data', () => {
    expect(() => plain(`\x80\x02${rebuild}.`)).toThrow('torch._utils._rebuild_tensor_v2');
  });

  it('shows no control characters of the file on the terminal', () => {
    expect(() => plain('\x80\x02c\x1b[2J\nsystem\n.')).toThrow('\\u001b[2J.system');
  });

  it.each([
    ['an empty stack', '\x80\x02.'],
    ['a stack that is left', '\x80\x02NN.'],
    ['a tuple without its mark', '\x80\x02Nt.'],
    ['items of a list', '\x80\x02](Nu.'],
    ['appending to a dict', '\x80\x02}(Ne.'],
    ['a key without a value', `\x80\x02}(${text('a')}u.`],
    ['a key that is a dict', '\x80\x02}(}Nu.'],
    ['an unknown memory', '\x80\x02h\x01.'],
    ['text beyond the end', '\x80\x02X\xff\xff\xff\x7fabc.'],
    ['text that is not UTF-8', '\x80\x02X\x02\0\0\0\xc3\x28.'],
    ['a global without an end', `\x80\x02c${'a'.repeat(1000)}`],
    ['a tensor of nothing', `\x80\x02${rebuild})R.`],
    ['a call of no function', `\x80\x02}(${text('w')}N)Ru.`],
    ['a dict of text', `\x80\x02}(${text('w')}${text('x')}u.`],
    ['a list', '\x80\x02].'],
  ])('refuses %s', (_, bytes) => {
    expect(() => state(bytes)).toThrow(StudyError);
  });

  it('keeps to the bytes in time and memory, however often they refer to themselves', () => {
    // Each tuple holds the one before it twice: 2^200 leaves, were they ever followed.
    const doubling = `\x80\x02)${'q\x00h\x00\x86'.repeat(200)}.`;
    expect(() => state(doubling)).toThrow('no dict');
    // A dict that holds itself.
    expect(() => state(`\x80\x02}q\x00(${text('a')}h\x00u.`)).toThrow('is no tensor');
    const deep = `\x80\x02${'('.repeat(200_000)}${'t'.repeat(200_000)}.`;
    expect(() => state(deep)).toThrow('no dict');
  });
});

describe('readStateDict', () => {
  const [two, one] = ['K\x02\x85', 'K\x01\x85'];

  it('takes a tensor that its storage holds', () => {
    const { tensors } = state(tensor('K\x03', 'K\x01', two, one));
    expect(tensors.get('w')).toMatchObject({ offset: 1, shape: [2], strides: [1] });
  });

  it.each([
    ['reaches beyond its storage', tensor('K\x03', 'K\x02', two, one)],
    ['repeats its elements by a stride of 0', tensor('K\x01', 'K\x00', two, 'K\x00\x85')],
    ['has a negative stride', tensor('K\x03', 'K\x02', two, 'J\xff\xff\xff\xff\x85')],
    ['has a negative size', tensor('K\x03', 'K\x00', 'J\xff\xff\xff\xff\x85', one)],
    ['has a huge size', tensor('K\x03', 'K\x00', '\x8a\x08\0\0\0\0\0\0\0\x7f\x85', one)],
    ['has more sizes than strides', tensor('K\x03', 'K\x00', 'K\x01K\x01\x86', one)],
    ['has a shape that is text', tensor('K\x03', 'K\x00', text('2'), one)],
    ['has a storage of a negative length', tensor('J\xff\xff\xff\xff', 'K\x00', two, one)],
  ])('refuses a tensor that %s', (_, bytes) => {
    expect(() => state(bytes)).toThrow(StudyError);
  });

  it('takes hooks that are an empty OrderedDict, made anew or known from before', () => {
    for (const hooks of [`${orderedDict})R`, `${orderedDict}q\x07)Rq\x08`]) {
      expect(state(ending(`\x89${hooks}`)).tensors.get('w')).toMatchObject({ shape: [2] });
    }
    const [first, second] = [ending(`\x89${orderedDict}q\x07)R`), ending('\x89h\x07)R')];
    const both = `${first.slice(0, -2)}${second.slice(4).replace(text('w'), text('v'))}`;
    expect([...state(both).tensors.keys()]).toEqual(['w', 'v']);
  });

  it.each([
    ['the class itself', `\x80\x02${orderedDict}.`],
    ['the state dict, empty', `\x80\x02${orderedDict})R.`],
    ['the state dict, with items', `\x80\x02${orderedDict})R(${text('w')}Nu.`],
    ['a value', `\x80\x02}(${text('w')}${orderedDict})Ru.`],
    ['a value, the class', `\x80\x02}(${text('w')}${orderedDict}u.`],
    ['hooks, the class', ending(`\x89${orderedDict}`)],
    ['hooks of an argument', ending(`\x89${orderedDict}N\x85R`)],
    ['hooks of a list of pairs', ending(`\x89${orderedDict}](${text('a')}N\x86e\x85R`)],
    ['hooks of what is no tuple', ending(`\x89${orderedDict}]R`)],
    ['hooks with items', ending(`\x89${orderedDict})R(${text('a')}Nu`)],
    ['hooks with an item', ending(`\x89${orderedDict})R${text('a')}Ns`), 'opcode SETITEM'],
    ['hooks with a state', ending(`\x89${orderedDict})R}b`), 'opcode BUILD'],
    ['hooks of another module', ending('\x89cmycollections\nOrderedDict\n)R'), 'mycollections'],
  ])('refuses an OrderedDict as %s by name', (_, bytes, named = 'collections.OrderedDict') => {
    expect(() => state(bytes)).toThrow(StudyError);
    expect(() => state(bytes)).toThrow(/^refused /);
    expect(() => state(bytes)).toThrow(named);
  });

  it.each([
    ['a key', `\x80\x02}(${orderedDict})RNu.`],
    ['in a list', `\x80\x02}(${text('w')}](${orderedDict})Reu.`],
    ['what is called', ending(`\x89${orderedDict})R)R`)],
    ['what is appended to', ending(`\x89${orderedDict})R(Ne`)],
    ['whether a gradient is needed', ending(`${orderedDict})RN`)],
    ['an offset', tensor('K\x03', `${orderedDict})R`, two, one)],
    ['a shape', tensor('K\x03', 'K\x00', `${orderedDict})R`, one)],
    ['a storage’s length', tensor(`${orderedDict})R`, 'K\x00', two, one)],
    ['a seventh thing of a tensor', ending(`\x89${orderedDict})R${orderedDict})R`)],
  ])('refuses an OrderedDict as %s', (_, bytes) => {
    expect(() => state(bytes)).toThrow(StudyError);
  });

  it.each([
    ['a dict', '}'],
    ['a list', ']'],
    ['a text', text('x')],
    ['a tensor’s function', rebuild],
  ])('refuses hooks that are %s', (_, hooks) => {
    expect(() => state(ending(`\x89${hooks}`))).toThrow('hooks are not empty');
  });

  it('refuses one storage described in two ways', () => {
    const [a, b] = [tensor('K\x03', 'K\x00', two, one), tensor('K\x04', 'K\x00', two, one)];
    const both = `${a.slice(0, -2)}${b.slice(4)}`;
    expect(() => state(both)).toThrow('storage "1" is described in two ways');
  });
});

describe('a hostile file', () => {
  /** Reads all that can be read; passes on nothing but a StudyError. */
  function readAll(bytes: Uint8Array, cut: boolean): void {
    try {
      const { tensors } = readLegacyFile(bytes, { cut });
      for (const [name, tensor] of tensors) {
        const values = tensorValues(tensor, tensor.shape, name);
        expect(values.length * 4).toBeLessThanOrEqual(bytes.length);
      }
    } catch (error) {
      if (!(error instanceof StudyError)) throw error;
    }
  }

  it('of flipped bits and cuts throws nothing but a StudyError', () => {
    const flips = fc.array(fc.tuple(fc.nat(fixture.length - 1), fc.nat(255)), { maxLength: 8 });
    fc.assert(
      fc.property(flips, fc.nat(fixture.length), fc.boolean(), (changes, length, cut) => {
        const bytes = Uint8Array.from(fixture);
        for (const [at, value] of changes) bytes[at]! ^= value;
        readAll(bytes, cut);
        readAll(bytes.subarray(0, length), cut);
      }),
      { numRuns: 2000 },
    );
  });

  it('of random opcodes throws nothing but a StudyError', () => {
    const pieces = fc.constantFrom(
      ...'(.JKMNQRX]ehqrtu})',
      '\x80\x02',
      '\x85',
      '\x86',
      '\x88',
      '\x8a\x01\x05',
      '\x8a\xff',
      'K\x02',
      'h\x00',
      'q\x00',
      rebuild,
      'ctorch\nFloatStorage\n',
      text('storage'),
      text('cpu'),
      text('1'),
      orderedDict,
      `${orderedDict})R`,
      ending(`\x89${orderedDict})R`),
      'r\xff\xff\xff\xff',
      'X\xff\xff\xff\xff',
      tensor('K\x03', 'K\x00', 'K\x02\x85', 'K\x01\x85'),
    );
    const prefix = fixture.subarray(0, fixture.indexOf('conv.weight') - 6).toString('latin1');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        readAll(Buffer.from(prefix + parts.join(''), 'latin1'), true);
        readAll(Buffer.from(parts.join(''), 'latin1'), true);
      }),
      { numRuns: 3000 },
    );
  });
});

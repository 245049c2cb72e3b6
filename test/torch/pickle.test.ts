import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { Cursor } from '../../src/torch/cursor.ts';
import { readLegacyFile } from '../../src/torch/legacy-file.ts';
import { readObjects } from '../../src/torch/objects.ts';
import { stateDictOf } from '../../src/torch/state-dict.ts';
import { tensorValues } from '../../src/torch/tensor.ts';

const fixture = readFileSync(new URL('./fixtures/legacy.pth', import.meta.url));
const objects = (bytes: string, format: 'legacy' | 'bare') =>
  readObjects(new Cursor(Buffer.from(bytes, 'latin1')), format).value;
const plain = (bytes: string) => objects(bytes, 'bare');
const state = (bytes: string) => stateDictOf(objects(bytes, 'legacy'));

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

  it('reads the opcodes of protocols 3 to 5', () => {
    const dict = '\x80\x05\x95\x2d\0\0\0\0\0\0\0}\x94(';
    const items = [
      ['\x8c\x01a\x94', 'C\x02xy\x94'],
      ['\x8d\x01\0\0\0\0\0\0\0b', 'B\x01\0\0\0z'],
      ['\x8c\x01c', '\x8e\x01\0\0\0\0\0\0\0z'],
      ['\x8c\x01d', '\x96\x01\0\0\0\0\0\0\0z'],
      ['\x8c\x01e', 'G\x3f\xf8\0\0\0\0\0\0'],
      // What was memorised first is the dict, then the key, then its bytes.
      ['\x8c\x01f', 'j\x02\0\0\0'],
      ['\x8c\x01g', ']K\x07a'],
      ['K\x09', 'h\x01'],
    ];
    const bytes = `${dict}${items.flat().join('')}u\x8c\x01hNs.`;
    const [xy, z] = [Buffer.from('xy'), Buffer.from('z')].map((each) => new Uint8Array(each));
    const found = plain(bytes) as Map<string, unknown>;
    for (const [key, value] of found) {
      if (value instanceof Uint8Array) found.set(key, new Uint8Array(value));
    }
    expect(found).toEqual(
      new Map<string, unknown>([
        ['a', xy],
        ['b', z],
        ['c', z],
        ['d', z],
        ['e', 1.5],
        ['f', xy],
        ['g', [7]],
        ['9', 'a'],
        ['h', null],
      ]),
    );
  });

  it.each([
    ['os.system in protocol 0', "cos\nsystem\n(S'true'\ntR.", 'os.system'],
    ['os.system in protocol 2', `\x80\x02cos\nsystem\n${text('true')}\x85R.`, 'os.system'],
    ['posix.system', `\x80\x02cposix\nsystem\n${text('true')}\x85R.`, 'posix.system'],
    ['eval', `\x80\x02c__builtin__\neval\n${text('1')}\x85R.`, '__builtin__.eval'],
    ['a dotted name', '\x80\x02ctorch\nserialization.load\n.', 'torch.serialization.load'],
    ['another storage', '\x80\x02ctorch\nComplexFloatStorage\n.', 'torch.ComplexFloatStorage'],
    ['protocol 1', '\x80\x01.', 'protocol 1'],
    ['protocol 6', '\x80\x06.', 'protocol 6'],
    ['a global of protocol 4', '\x80\x04\x8c\x02os\x8c\x06system\x93.', '"os.system"'],
    ['a global in two ways', `\x80\x04${text('os.path')}${text('join')}\x93.`, '"os.path.join"'],
    ['a tensor that pickle wrote', '\x80\x04ctorch.storage\n_load_from_bytes\n.', '_load_from'],
    ['numbers in another file', '\x80\x05\x97.', 'a buffer outside the file, at byte 2'],
    ['numbers in another file, read only', '\x80\x05N\x98.', 'a buffer outside the file'],
    ['an object by name', '\x80\x02(ios\nsystem\n.', 'opcode INST'],
    ['a new object', '\x80\x02)\x81.', 'opcode NEWOBJ'],
    ['a set', '\x80\x04\x8f.', 'opcode EMPTY_SET'],
    ['a new object with keywords', '\x80\x04N)}\x92.', 'opcode NEWOBJ_EX'],
    ['an extension', '\x80\x02\x82\x01.', 'opcode EXT1'],
    ['no opcode', '\x80\x02\xff.', '0xff'],
  ])('refuses %s by name', (_, bytes, named) => {
    expect(() => state(bytes)).toThrow(StudyError);
    expect(() => state(bytes)).toThrow(/^refused /);
    expect(() => state(bytes)).toThrow(named);
  });

  it.each([
    ['BFloat16', 'bfloat16'],
    ['Double', 'float64'],
    ['Half', 'float16'],
    ['Int', 'int32'],
  ])('knows torch.%sStorage as one of %s', (name, type) => {
    const bytes = tensor('K\x02', 'K\x00', 'K\x02\x85', 'K\x01\x85');
    const { tensors } = state(bytes.replace('FloatStorage', `${name}Storage`));
    expect(tensors.get('w')?.storage.type).toBe(type);
  });

  it('stops at more opcodes than any file of ours has', () => {
    expect(() => plain(`\x80\x02${'N'.repeat(2 ** 22 + 1)}.`)).toThrow('more than 4194304 opcodes');
  });

  it('refuses storages where there is no container for them', () => {
    expect(() => plain(tensor('K\x02', 'K\x00', 'K\x02\x85', 'K\x01\x85'))).toThrow(
      'refused a persistent id',
    );
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
    ['a key that comes twice', `\x80\x02}(${text('a')}N${text('a')}Nu.`, 'the key "a" comes twice'],
    ['a frame beyond the end', '\x80\x04\x95\xff\0\0\0\0\0\0\0N.', 'a frame of 255 bytes'],
    ['bytes beyond the end', '\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xffN.', 'bytes wanted'],
    ['a name that is no text', `\x80\x04${text('os')}N\x93.`, 'the name of a global is no text'],
    ['a state of plain data', '\x80\x02]}b.', 'sets the state of what is no array'],
    ['an unknown memory', '\x80\x02h\x01.'],
    ['text beyond the end', '\x80\x02X\xff\xff\xff\x7fabc.'],
    ['text that is not UTF-8', '\x80\x02X\x02\0\0\0\xc3\x28.'],
    ['a global without an end', `\x80\x02c${'a'.repeat(1000)}`],
    ['a tensor of nothing', `\x80\x02${rebuild})R.`],
    ['a call of no function', `\x80\x02}(${text('w')}N)Ru.`],
    ['a dict of text', `\x80\x02}(${text('w')}${text('x')}u.`],
    ['a list', '\x80\x02].'],
  ])('refuses %s', (_, bytes, message = ' ') => {
    expect(() => state(bytes)).toThrow(StudyError);
    expect(() => state(bytes)).toThrow(message);
  });

  it('keeps to the bytes in time and memory, however often they refer to themselves', () => {
    // Each tuple holds the one before it twice: 2^200 leaves, were they ever followed.
    const doubling = `\x80\x02)${'q\x00h\x00\x86'.repeat(200)}.`;
    expect(() => state(doubling)).toThrow('no dict');
    // A dict that holds itself.
    expect(() => state(`\x80\x02}q\x00(${text('a')}h\x00u.`)).toThrow('a dict within the dict');
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
    for (const hooks of [`${orderedDict})R`, `${orderedDict}q\x07)Rq\x08`, '}']) {
      expect(state(ending(`\x89${hooks}`)).tensors.get('w')).toMatchObject({ shape: [2] });
    }
    const [first, second] = [ending(`\x89${orderedDict}q\x07)R`), ending('\x89h\x07)R')];
    const both = `${first.slice(0, -2)}${second.slice(4).replace(text('w'), text('v'))}`;
    expect([...state(both).tensors.keys()]).toEqual(['w', 'v']);
  });

  it('takes an OrderedDict as the dict itself, and passes over its notes', () => {
    const plainDict = ending('\x89N');
    const items = plainDict.slice(3, -1);
    const notes = `}${text('_metadata')}${orderedDict})Rsb`;
    for (const end of ['', notes]) {
      const { tensors } = state(`\x80\x02${orderedDict})R${items}${end}.`);
      expect([...tensors.keys()]).toEqual(['w']);
    }
  });

  it.each([
    ['an argument', `${orderedDict}N\x85R`],
    ['a list of pairs', `${orderedDict}](${text('a')}N\x86e\x85R`],
    ['what is no tuple', `${orderedDict}]R`],
  ])('refuses an OrderedDict of %s', (_, made) => {
    expect(() => state(`\x80\x02${made}.`)).toThrow('an OrderedDict has arguments');
  });

  it.each([
    [
      'another module',
      ending('\x89cmycollections\nOrderedDict\n)R'),
      '"mycollections.OrderedDict"',
    ],
    ['hooks, the class', ending(`\x89${orderedDict}`), 'hooks are not empty'],
    ['hooks with items', ending(`\x89${orderedDict})R(${text('a')}Nu`), 'hooks are not empty'],
    ['hooks with an item', ending(`\x89${orderedDict})R${text('a')}Ns`), 'hooks are not empty'],
    ['a value', `\x80\x02}(${text('w')}${orderedDict})Ru.`, '"w" is a dict within the dict'],
    ['a value, the class', `\x80\x02}(${text('w')}${orderedDict}u.`, '"w" is no tensor'],
    ['a key', `\x80\x02}(${orderedDict})RNu.`, 'a key is neither text nor number'],
    ['a function', ending(`\x89${orderedDict})R)R`), 'it calls what is no function'],
    ['a list', ending(`\x89${orderedDict})R(Ne`), 'it appends to what is no list'],
    ['a truth', ending(`${orderedDict})RN`), 'need of a gradient'],
    ['an offset', tensor('K\x03', `${orderedDict})R`, two, one), 'an offset is no whole number'],
    ['a shape', tensor('K\x03', 'K\x00', `${orderedDict})R`, one), 'a shape is no tuple'],
    ['a length', tensor(`${orderedDict})R`, 'K\x00', two, one), 'the length of a storage'],
    ['too much', ending(`\x89${orderedDict})R${orderedDict})R`), 'a tensor is no tuple of 6'],
  ])('refuses an OrderedDict as %s', (_, bytes, message) => {
    expect(() => state(bytes)).toThrow(StudyError);
    expect(() => state(bytes)).toThrow(message);
  });

  it.each([
    ['a dict of something', `}${text('a')}Ns`],
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
      const { tensors } = stateDictOf(readLegacyFile(bytes, { cut }).value);
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

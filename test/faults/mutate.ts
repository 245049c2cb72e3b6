import type { Stream } from '../../src/random/stream.ts';

/** A number within a file of bytes: a count, a size or an offset. */
export interface NumberField {
  readonly at: number;
  readonly bytes: 1 | 2 | 4 | 8;
  readonly bigEndian?: boolean;
}

const bitsOfNumbers = [0n, 1n, 2n, 3n, 7n, 8n, 15n, 16n, 24n, 31n, 32n, 33n, 48n, 53n, 62n, 63n];
const numbersAsText = [
  ...['0', '1', '2', '3', '-1', '-0', '1.5', '00', '1e3', '1e308', '1e999', '1e-320', 'NaN'],
  ...['255', '256', '65535', '65536', '2147483647', '2147483648', '4294967295', '4294967296'],
  ...[
    '999999999999999',
    '9007199254740993',
    '18446744073709551616',
    '0x10',
    '1_000',
    '',
    ' 7',
    '+5',
  ],
];

/** One to three changes: bits, bytes, pieces cut or put in, and numbers where they are known to be. */
export function mutated(
  original: Buffer,
  random: Stream,
  fields: readonly NumberField[],
  words: readonly string[],
): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (let changes = 1 + random.integer(3); changes > 0; changes--) {
    bytes = changed(bytes, random, fields, words);
  }
  return bytes;
}

function changed(
  bytes: Buffer,
  random: Stream,
  fields: readonly NumberField[],
  words: readonly string[],
): Buffer {
  if (bytes.length === 0) return Buffer.from([random.integer(256)]);
  const at = random.integer(bytes.length);
  const piece = 1 + random.integer(random.integer(4) === 0 ? bytes.length : 8);
  switch (random.integer(words.length > 0 ? 10 : 9)) {
    case 0:
    case 1:
      bytes[at]! ^= 1 << random.integer(8);
      return bytes;
    case 2:
      bytes[at] = [0, 0x7f, 0x80, 0xff, random.integer(256)][random.integer(5)]!;
      return bytes;
    case 3:
      return bytes.subarray(0, at);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + piece)]);
    case 5: {
      const made = Buffer.from(random.words(Math.min(16, piece)).buffer).subarray(0, piece);
      return Buffer.concat([bytes.subarray(0, at), made, bytes.subarray(at)]);
    }
    case 6: {
      // A piece of the file itself, elsewhere or once more.
      const from = random.integer(bytes.length);
      const copy = bytes.subarray(from, from + piece);
      return Buffer.concat([bytes.subarray(0, at), copy, bytes.subarray(at)]);
    }
    case 9:
      return replaced(bytes, at, at + random.integer(piece), words[random.integer(words.length)]!);
    default:
      return fields.length > 0 ? withNumber(bytes, random, fields) : withDigits(bytes, at, random);
  }
}

function withNumber(bytes: Buffer, random: Stream, fields: readonly NumberField[]): Buffer {
  const { at, bytes: width, bigEndian = false } = fields[random.integer(fields.length)]!;
  if (at + width > bytes.length) return bytes;
  const ordered = (order: Buffer) => (bigEndian ? order : order.reverse());
  const now = BigInt(`0x${ordered(Buffer.from(bytes.subarray(at, at + width))).toString('hex')}`);
  const power = 1n << bitsOfNumbers[random.integer(bitsOfNumbers.length)]!;
  const choices = [0n, power, power - 1n, now + 1n, now - 1n, now * 2n, now + power, -power];
  const value = BigInt.asUintN(8 * width, choices[random.integer(choices.length)]!);
  const hex = value.toString(16).padStart(2 * width, '0');
  ordered(Buffer.from(hex, 'hex')).copy(bytes, at);
  return bytes;
}

/** The next run of digits becomes another number. */
function withDigits(bytes: Buffer, from: number, random: Stream): Buffer {
  const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39;
  let start = from;
  while (start < bytes.length && !isDigit(bytes[start])) start++;
  let end = start;
  while (isDigit(bytes[end])) end++;
  return replaced(bytes, start, end, numbersAsText[random.integer(numbersAsText.length)]!);
}

function replaced(bytes: Buffer, start: number, end: number, text: string): Buffer {
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(text), bytes.subarray(end)]);
}

import type { Statistics } from '../../src/arrays/statistics.ts';

/** A file of safetensors of one float32 tensor. */
export function safetensors(shape: readonly number[], values: Float32Array): Buffer {
  const entry = { dtype: 'F32', shape, data_offsets: [0, values.byteLength] };
  const header = Buffer.from(JSON.stringify({ features: entry }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, bytesOf(values)]);
}

/** Statistics as EDM2 pickles them, of one network: `{fid: {mu, sigma}}`, without N. */
export function pickledStatistics({ mean, covariance, dimension }: Statistics): Buffer {
  const moments = [
    text('mu'),
    array([dimension], mean),
    text('sigma'),
    array([dimension, dimension], covariance),
  ];
  return Buffer.concat([
    latin1(`\x80\x04}${text('fid')}}(`),
    ...moments.map((each) => (typeof each === 'string' ? latin1(each) : each)),
    latin1('us.'),
  ]);
}

function array(shape: readonly number[], values: Float64Array): Buffer {
  const size = shape.map((extent) => `K${String.fromCharCode(extent)}`).join('');
  const dtype = `cnumpy\ndtype\n(${text('f8')}\x89\x88tR(K\x03${text('<')}NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb`;
  const data = bytesOf(values);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(data.length);
  return Buffer.concat([
    latin1(`cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R`),
    latin1(`(K\x01(${size}t${dtype}\x89B`),
    length,
    data,
    latin1('tb'),
  ]);
}

const text = (value: string) => `\x8c${String.fromCharCode(value.length)}${value}`;
const latin1 = (value: string) => Buffer.from(value, 'latin1');
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Float64Array) =>
  Buffer.from(buffer, byteOffset, byteLength);

import { readFileSync } from 'node:fs';
import { decodeModel } from '../../../src/onnx/encode.ts';
import { type Signature, signatureOf } from '../../../src/onnx/signature.ts';
import { writeTinyNetwork } from '../../models/custom/tiny-network.ts';
import { asFile } from '../scratch.ts';
import { parser } from './parser.ts';

const path = asFile('network.onnx', Buffer.alloc(0));
writeTinyNetwork(path);

export const onnx = parser<Signature>({
  name: 'ONNX network',
  thousands: [4, 200],
  files: [readFileSync(path)],
  words: [
    '\x08',
    '\x0a\x7f',
    '\x3a\xff\xff\xff\xff\x0f',
    '../x',
    '/dev/zero',
    '\xff\xff\xff\xff\xff\x01',
  ],
  read: (bytes) => signatureOf(decodeModel(bytes)),
  wrong({ inputs, outputs, externalFiles }, bytes) {
    for (const { name, dims } of [...inputs, ...outputs]) {
      // What is named stands in the file.
      if (!name.includes('\ufffd') && !bytes.includes(name)) return `a port ${name}`;
      const counts = dims?.filter((extent) => typeof extent === 'number') ?? [];
      if (!counts.every((extent) => Number.isSafeInteger(extent) && extent > 0)) return `${dims}`;
    }
    return externalFiles.every((file) => typeof file === 'string') ? undefined : 'no name';
  },
});

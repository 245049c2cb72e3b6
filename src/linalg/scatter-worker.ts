import { parentPort } from 'node:worker_threads';
import { type Gemm, onnxGemm } from './gemm.ts';
import type { FromHelper, ToHelper } from './scatter-helper.ts';
import { addProducts, factorsIn } from './scatter-products.ts';
import { type Block, type ScatterSpace, scatterSpace } from './scatter-space.ts';

const port = parentPort;
if (!port) throw new Error('scatter-worker.ts runs in a worker thread only');

let gemm: Gemm | undefined;
let space: ScatterSpace | undefined;
let blocks: readonly Block[] = [];
let before: Promise<void> = Promise.resolve();

port.on('message', (message: ToHelper) => {
  before = before.then(async () => {
    const [answer, moved] = await answerTo(message);
    port.postMessage(answer, moved);
  });
});
port.postMessage({ kind: 'ready' } satisfies FromHelper);

async function answerTo(message: ToHelper): Promise<[FromHelper, ArrayBuffer[]]> {
  const { kind } = message;
  switch (kind) {
    case 'open':
      gemm ??= onnxGemm(message.threads);
      space = scatterSpace(message.dimension, message.precision, message.shape);
      blocks = message.blocks.map((index) => space!.blocks[index]!);
      for (const [i, { sums }] of blocks.entries()) sums.data.set(message.sums[i]!);
      return [{ kind }, []];
    case 'chunk': {
      const { chunk, count } = message;
      await addProducts(space!, factorsIn(blocks, chunk, count), count, gemm!);
      return [{ kind, chunk }, [chunk.buffer as ArrayBuffer]];
    }
    case 'end': {
      const sums = blocks.map((block) => block.sums.data.slice());
      space = undefined;
      blocks = [];
      return [{ kind, sums }, sums.map(({ buffer }) => buffer)];
    }
    case 'close':
      await gemm?.close();
      return [{ kind }, []];
  }
}

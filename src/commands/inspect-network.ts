import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { diskError, writeAtomically } from '../arrays/disk.ts';
import { longestOfUsers, readText } from '../arrays/regular-file.ts';
import { openSession } from '../embeddings/session.ts';
import { StudyError } from '../errors.ts';
import { parseDescription } from '../models/custom/description.ts';
import { descriptionPath, extractorOf } from '../models/custom/extractor.ts';
import { shown } from '../models/custom/fit.ts';
import { type NetworkFile, readNetworkFile } from '../models/custom/network-file.ts';
import { propose } from '../models/custom/proposal.ts';
import { thousands } from '../tables/number.ts';

/** `study models inspect`: inputs and outputs of an ONNX file, and the JSON to write next to it. */
export function inspectCommand(): Command {
  return new Command('inspect')
    .description(
      'print the inputs and outputs of an ONNX file, and the JSON that makes it a --model',
    )
    .argument('<file>', 'an .onnx file')
    .option('--write', 'write that JSON next to the file, for you to complete')
    .addHelpText('after', help)
    .action(inspect);
}

const help = `
--model FILE.onnx works wherever a command takes a model, once FILE.json is next to it. FILE.json says
how images are preprocessed and which output holds the features. DINOv2 and CLIP: docs/custom-models.md.`;

async function inspect(path: string, { write = false }: { write?: boolean }): Promise<void> {
  const file = await readNetworkFile(path);
  const beside = descriptionPath(path);
  if (beside === path) throw new StudyError(`${path} does not end in .onnx`, 'rename it');
  console.log(summary(file).join('\n'));
  if (existsSync(beside)) {
    if (write) throw new StudyError(`${beside} already exists`, 'delete it first');
    const text = await readText(beside, longestOfUsers).catch((error) => {
      throw diskError(error, beside);
    });
    const made = extractorOf(file, parseDescription(text, beside));
    console.log(`\n${beside} fits: ${made.dimension} features, mode ${made.mode}`);
    console.log(`extractor sha256 ${made.sha256}`);
    return;
  }
  const { json, toCheck } = propose(file.signature, await probedDimension(file));
  console.log(`\ndraft of ${beside}:\n${json}`);
  for (const line of toCheck) console.log(`check ${line}`);
  if (!write) return;
  await writeAtomically(beside, (handle) => writeFile(handle, `${json}\n`));
  console.log(`written: ${beside}`);
}

/** Features per image of the proposed extractor, found by running it; undefined if that fails. */
async function probedDimension(file: NetworkFile): Promise<number | undefined> {
  try {
    const description = parseDescription(propose(file.signature).json, file.path);
    const { path, adapter } = extractorOf(file, description);
    const session = await openSession({ path, adapter, provider: 'cpu', threads: 1 });
    const [height, width] = description.resize?.size ?? [224, 224];
    const black = new Uint8Array(height * width * 3);
    return await session
      .run(black, height, width)
      .then(
        ({ length }) => length,
        () => undefined,
      )
      .finally(() => session.close());
  } catch (error) {
    if (error instanceof StudyError) return undefined;
    throw error;
  }
}

function summary({ path, bytes, sha256, signature, external }: NetworkFile): string[] {
  const { producer, irVersion, opsets, inputs, outputs } = signature;
  const versions = [...opsets].map(([domain, version]) => `${domain} ${version}`).join(', ');
  return [
    path,
    `  ${thousands(bytes)} bytes, sha256 ${sha256}`,
    ...[...external].map(([name, digest]) => `  weights in ${name}, sha256 ${digest}`),
    `  made by ${producer || 'an unnamed tool'}, IR ${irVersion}, opset ${versions}`,
    'inputs',
    ...inputs.map((port) => `  ${shown(port)}`),
    'outputs',
    ...outputs.map((port) => `  ${shown(port)}`),
  ];
}

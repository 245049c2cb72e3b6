import { execFile, execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../arrays/folder.ts';
import { at, Page } from './page.ts';

const cli = at('bin/study.js');
const folder = temporaryFolder();

/** A command of a page, and the block of code after it, which shows what the command prints. */
const EXAMPLE = /```sh\nnpx fid-study ([^\n]+)\n```\n\n```\n(?:(?!```)[\s\S])*```/g;

/** Runs of a dozen processes, one after the other: 27 s on two cores that others used too. */
const LIMIT = 300_000;

/** All that a command prints, on both streams, but for how long it took. */
function outputOf(command: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...command.split(' ')], { cwd: folder }, (_, out, error) =>
      resolve(`${out}${error}`.replaceAll(/( draws) in .*$/gm, '$1')),
    );
  });
}

// `npx vitest run --project slow test/docs/examples.slow.test.ts -u` writes what they print now.
describe.each(['docs/faq.md', 'docs/answers.md'])('the examples of %s', (path) => {
  it(
    'print what the page shows',
    async () => {
      execFileSync(process.execPath, [at('docs/faq-inputs.mjs'), 'faq'], { cwd: folder });
      const { text } = new Page(path);
      const examples = [...text.matchAll(EXAMPLE)];
      expect(examples.length).toBeGreaterThan(1);
      let shown = text;
      for (const [block, command] of examples) {
        const output = await outputOf(command!);
        const renewed = `\`\`\`sh\nnpx fid-study ${command}\n\`\`\`\n\n\`\`\`\n${output}\`\`\``;
        // As a function: a $ in a string would be a pattern.
        shown = shown.replace(block, () => renewed);
      }
      await expect(shown).toMatchFileSnapshot(at(path));
    },
    LIMIT,
  );
});

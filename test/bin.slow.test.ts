import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from './arrays/folder.ts';

const project = fileURLToPath(new URL('..', import.meta.url));
const clone = temporaryFolder();
const entry = join(clone, 'dist', 'cli.js');

beforeAll(() => {
  for (const name of [
    'bin',
    'src',
    'wasm',
    'experiments',
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
  ]) {
    cpSync(join(project, name), join(clone, name), { recursive: true });
  }
  symlinkSync(join(project, 'node_modules'), join(clone, 'node_modules'));
});

function study(env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(clone, 'bin', 'study.js'), '--version'],
    { encoding: 'utf8', env: { ...process.env, ...env } },
  );
  return { status, stdout, stderr };
}

function limited(limit: number, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    'sh',
    [
      '-c',
      `ulimit -n ${limit}; exec "$0" "$@"`,
      process.execPath,
      join(clone, 'bin', 'study.js'),
      ...args,
    ],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

describe('bin/study.js', () => {
  it('compiles a clone that has no dist, then runs it', () => {
    expect(existsSync(entry)).toBe(false);
    const { status, stdout, stderr } = study();
    expect([status, stderr]).toEqual([0, 'compiling once, about 10 s …\n']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(existsSync(entry)).toBe(true);
  });

  it.runIf(process.platform !== 'win32').each([[['--help']], [['sweep', '--help']]])(
    'loads %j where hardly more files may be open than Node needs',
    (args) => {
      expect(limited(25, args)).toMatchObject({ status: 0, stderr: '' });
    },
  );

  it.runIf(process.platform !== 'win32')('says so where too few files may be open', () => {
    const out = join(clone, 'limited');
    const flags = ['--sizes', '100', '--seeds', '2', '--source', 'cifar10-cfm', '--out', out];
    expect(limited(30, ['sweep', ...flags])).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'study: too many files are open\n' +
        '  raise the limit, as by `ulimit -n 4096`, and run it again\n',
    });
  });

  it('runs the modules if a build ended before the bundle was written', () => {
    const bundled = join(clone, 'dist', 'bundle', 'cli.cjs');
    writeFileSync(bundled, "throw new Error('an old bundle');\n");
    utimesSync(bundled, 0, 0);
    expect(study()).toMatchObject({ status: 0, stderr: '' });
  });

  it('does not compile again while dist is newer than the sources, and says nothing', () => {
    const before = statSync(entry).mtimeMs;
    expect(study()).toMatchObject({ status: 0, stderr: '' });
    expect(statSync(entry).mtimeMs).toBe(before);
  });

  it('compiles again once a source is newer', () => {
    // Shorter sources, to be compiled in no time.
    rmSync(join(clone, 'src'), { recursive: true });
    mkdirSync(join(clone, 'src'));
    writeFileSync(join(clone, 'src', 'cli.ts'), "console.log('changed');\n");
    expect(study()).toEqual({
      status: 0,
      stdout: 'changed\n',
      stderr: expect.stringMatching(/^compiling once, .*\n$/),
    });
  });

  it('ends with 1 as long as the sources do not compile, and runs nothing', () => {
    const source = join(clone, 'src', 'cli.ts');
    writeFileSync(source, "const wrong: number = 'text';\nconsole.log(wrong);\n");
    for (let time = 0; time < 2; time++) {
      const { status, stdout } = study();
      expect(status).toBe(1);
      expect(stdout).toContain('TS2322');
      expect(stdout).not.toMatch(/^(text|changed)$/m);
    }
  });

  it.runIf(process.platform === 'linux')('decodes images on every core', () => {
    // Threads of this process once it has used libuv's, on a machine that is said to have 11 cores.
    const cores = join(clone, 'cores.cjs');
    writeFileSync(cores, "require('node:os').availableParallelism = () => 11;\n");
    const source = join(clone, 'src', 'cli.ts');
    const count = "process.getBuiltinModule('fs').readdirSync('/proc/self/task').length";
    const hash = "new Promise((end) => process.getBuiltinModule('crypto').randomBytes(9, end))";
    writeFileSync(source, `// @ts-nocheck\n${hash}.then(() => console.log(${count}));\n`);
    const threads = (more: object) =>
      Number(study({ NODE_OPTIONS: `--require=${cores}`, ...more }).stdout);
    // The compiler has threads of its own.
    expect(study().status).toBe(0);
    const few = threads({ UV_THREADPOOL_SIZE: '4' });
    expect(few).toBeGreaterThan(4);
    expect(threads({})).toBe(few + 7);
  });

  it('runs an installed package, which has no sources, as it is', () => {
    rmSync(join(clone, 'src'), { recursive: true });
    const before = statSync(entry).mtimeMs;
    expect(study()).toMatchObject({ status: 0, stderr: '' });
    expect(statSync(entry).mtimeMs).toBe(before);
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { notLoaded, onnxruntime } from '../../src/onnx/runtime.ts';
import { temporaryFolder } from '../arrays/folder.ts';

/** What Node throws where a package is not there. */
function missing(name: string): unknown {
  try {
    return createRequire(join(temporaryFolder(), 'index.js'))(name);
  } catch (error) {
    return error;
  }
}

describe('onnxruntime', () => {
  it('is the module that an import gives', () => {
    expect(onnxruntime().Tensor).toBe(Tensor);
  });

  it('that is missing is an error of the user, with the command that brings it', () => {
    const project = temporaryFolder();
    writeFileSync(join(project, 'package.json'), '{}');
    const folder = join(project, 'node_modules', 'fid-study');
    const error = notLoaded(missing('onnxruntime-node'), folder);
    expect(error).toBeInstanceOf(StudyError);
    expect(error.message).toMatch(/^onnxruntime-node is not installed/);
    expect(error.hint).toMatch(/: npm install --ignore-scripts --prefix /);
    expect(error.hint.endsWith(` ${project}`)).toBe(true);
  });

  it('is brought into the project, however deep this package lies, and into a clone', () => {
    const project = join(temporaryFolder(), 'my project');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{}');
    const error = missing('onnxruntime-node');
    const deep = join(project, 'node_modules', 'other', 'node_modules', 'fid-study');
    expect(notLoaded(error, deep).hint.endsWith(` --prefix "${project}"`)).toBe(true);
    const clone = temporaryFolder();
    expect(notLoaded(error, join(clone, '/')).hint.endsWith(` --prefix ${clone}`)).toBe(true);
  });

  it('of a global install is brought by installing that again', () => {
    const folder = join(temporaryFolder(), 'lib', 'node_modules', 'fid-study');
    const { hint } = notLoaded(missing('onnxruntime-node'), folder);
    expect(hint).toMatch(/: npm install --global --ignore-scripts fid-study$/);
  });

  it('without a build for this system says so', () => {
    const { message, hint } = notLoaded(missing('../bin/napi-v6/plan9/onnx.node'), '/clone');
    expect(message).toMatch(
      new RegExp(`^onnxruntime-node does not load on ${process.platform} ${process.arch}: Cannot`),
    );
    expect(hint).toContain('linux (glibc)');
  });
});

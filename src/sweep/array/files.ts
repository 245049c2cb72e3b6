import { resolve } from 'node:path';
import { z } from 'zod';
import type { ExtraPaths, MetricSpec } from '../../draws/metric-spec.ts';
import type { DrawSpec } from '../../draws/spec.ts';
import { StudyError } from '../../errors.ts';
import { rememberedSha256 } from '../../provenance/remembered-hashes.ts';

/** Files that draws read, which every worker must find under the same path. */
export const filesSchema = z.array(z.object({ path: z.string(), sha256: z.string() })).max(16);

/** The same draws with absolute paths. */
export function withAbsolutePaths(source: DrawSpec): DrawSpec {
  const { rows, metrics } = source;
  return {
    ...source,
    rows: rows.kind === 'pool' ? { ...rows, path: resolve(rows.path) } : rows,
    ...(metrics && { metrics: absoluteMetrics(metrics) }),
  };
}

function absoluteMetrics({ reference, extra, ...rest }: MetricSpec): MetricSpec {
  return {
    ...rest,
    reference:
      reference.kind === 'file'
        ? {
            ...reference,
            path: resolve(reference.path),
            ...(reference.extra && { extra: absoluteExtra(reference.extra) }),
          }
        : reference,
    ...(extra && { extra: absoluteExtra(extra) }),
  };
}

function absoluteExtra(extra: ExtraPaths): ExtraPaths {
  return Object.fromEntries(
    Object.entries(extra).flatMap(([name, path]) => (path ? [[name, resolve(path)]] : [])),
  );
}

/** The files of draws, with their hashes. */
export async function filesOf({ rows, metrics }: DrawSpec): Promise<z.output<typeof filesSchema>> {
  const reference = metrics?.reference;
  const paths = [
    rows.kind === 'pool' ? rows.path : undefined,
    ...(reference?.kind === 'file' ? [reference.path, ...pathsOf(reference.extra)] : []),
    ...pathsOf(metrics?.extra),
  ];
  const files = [];
  for (const path of new Set(paths)) {
    if (path !== undefined) files.push({ path, sha256: await rememberedSha256(path) });
  }
  return files;
}

function pathsOf({ logits, spatial }: ExtraPaths = {}): (string | undefined)[] {
  return [logits, spatial];
}

/** @throws StudyError naming a file that is not there, or was changed */
export async function requireFiles(files: z.output<typeof filesSchema>): Promise<void> {
  for (const { path, sha256 } of files) {
    const found = await rememberedSha256(path).catch((cause) => {
      throw new StudyError(
        `cannot read a file of this job: ${path}`,
        'put features, or STUDY_CACHE, on a file system that every machine has under the same path',
        { cause },
      );
    });
    if (found === sha256) continue;
    throw new StudyError(
      `${path} was changed after the job was prepared`,
      'restore it, or run the command that prepared the job again',
    );
  }
}

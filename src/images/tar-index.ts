import { basename, posix } from 'node:path';
import type { ByteFiles } from '../arrays/open-files.ts';
import { readAhead } from '../arrays/read-ahead.ts';
import { type TarBytes, type TarMember, tarMembers } from '../arrays/tar.ts';
import { StudyError } from '../errors.ts';
import { Classes, type ImageLabels } from './labels.ts';
import { isImageName, requireCount } from './names.ts';
import { OtherFiles } from './passed-over.ts';

/** Where the images of some tars are, in the order of the tars: flat, for there may be millions. */
export interface TarIndex {
  readonly names: readonly string[];
  /** Which tar an image is in. */
  readonly tarOf: Uint32Array;
  /** Where its bytes begin, and how many there are. */
  readonly starts: Float64Array;
  readonly sizes: Float64Array;
  readonly labels?: ImageLabels;
  readonly others: OtherFiles;
}

/**
 * Reads the headers of tars. Tars in a tar count as folders of their names, as ImageNet's are of
 * classes; so do several tars, unless numbers at the end of all their names say that they are shards.
 * @throws StudyError if one is missing or damaged
 */
export async function indexTars(files: ByteFiles, path: string): Promise<TarIndex> {
  const index = new Index(path);
  const stems = files.paths.map(stemOf);
  const areShards = stems.every((stem) => /(?:^|[-_.])\d+$/.test(stem));
  for (const [number, stem] of stems.entries()) {
    const size = await files.size(number);
    const read = readAhead((position, length) => files.readNow(number, position, length));
    const prefix = stems.length === 1 || areShards ? '' : `${stem}/`;
    const tar = { number, bytes: { size, read }, path: files.paths[number]!, prefix };
    await indexTar(index, tar);
  }
  return index.result();
}

/** A tar, or one in a tar. */
interface Tar {
  readonly number: number;
  readonly bytes: TarBytes;
  readonly path: string;
  readonly prefix: string;
  /** Of a tar in a tar: where it is. */
  readonly region?: { readonly start: number; readonly end: number };
}

async function indexTar(index: Index, tar: Tar): Promise<void> {
  const { number, bytes, path, prefix, region } = tar;
  const links: TarMember[] = [];
  const first = index.names.length;
  for await (const member of tarMembers(bytes, path, region)) {
    const { start, size, type } = member;
    const name = prefix + plain(member.name);
    if (type === 'link' || type === 'symlink') links.push(member);
    if (type !== 'file') continue;
    if (isTarName(name) && !region) {
      await indexTar(index, {
        number,
        bytes,
        path: `${member.name} in ${path}`,
        prefix: `${name.replace(/\.tar$/i, '')}/`,
        region: { start, end: start + size },
      });
    } else await index.add(name, number, member, bytes);
  }
  if (links.length > 0) index.addLinks(links, prefix, first, number);
}

/** Bytes of a class in a .cls member: a number, or a short name. */
const longestLabel = 256;

class Index {
  readonly names: string[] = [];
  readonly #path: string;
  readonly #tarOf: number[] = [];
  readonly #starts: number[] = [];
  readonly #sizes: number[] = [];
  readonly #codes: number[] = [];
  readonly #classes = new Classes();
  readonly #others = new OtherFiles();
  /** The members of one sample follow each other: KEY.jpg, KEY.cls, KEY.json. */
  #sample: { key: string; images: number[]; code: number } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async add(name: string, number: number, member: TarMember, bytes: TarBytes): Promise<void> {
    const [, key = name, field = ''] = /^((?:.*\/)?[^/.]*)\.([^/]*)$/.exec(name) ?? [];
    if (this.#sample?.key !== key) this.#sample = { key, images: [], code: -1 };
    const sample = this.#sample;
    if (isImageName(name)) {
      sample.images.push(this.#push(name, number, member, sample.code));
    } else if (field === 'cls') {
      sample.code = this.#classes.codeOf(await this.#labelIn(name, member, bytes));
      for (const at of sample.images) this.#codes[at] = sample.code;
    } else this.#others.add(name);
  }

  addLinks(links: readonly TarMember[], prefix: string, first: number, number: number): void {
    const at = new Map(this.names.slice(first).map((name, i) => [name, first + i]));
    for (const { name, target, type } of links) {
      const full = prefix + plain(name);
      // A hard link names a member, another one a path from where it lies.
      const path = type === 'link' ? target : posix.join(posix.dirname(plain(name)), target);
      const to = at.get(prefix + plain(path));
      if (to === undefined || !isImageName(full)) this.#others.add(full);
      else {
        const [start, size] = [this.#starts[to]!, this.#sizes[to]!];
        at.set(full, this.#push(full, number, { start, size }, this.#codes[to]!));
      }
    }
  }

  result(): TarIndex {
    const [classes, codes] = [this.#classes.names, Int32Array.from(this.#codes)];
    return {
      names: this.names,
      tarOf: Uint32Array.from(this.#tarOf),
      starts: Float64Array.from(this.#starts),
      sizes: Float64Array.from(this.#sizes),
      ...(classes.length > 0 && { labels: { from: 'the .cls members', classes, codes } }),
      others: this.#others,
    };
  }

  #push(name: string, number: number, at: Pick<TarMember, 'start' | 'size'>, code: number): number {
    this.#tarOf.push(number);
    this.#starts.push(at.start);
    this.#sizes.push(at.size);
    this.#codes.push(code);
    requireCount(this.names.push(name), this.#path);
    return this.names.length - 1;
  }

  async #labelIn(name: string, { start, size }: TarMember, bytes: TarBytes): Promise<string> {
    const text = size > longestLabel ? '' : (await bytes.read(start, size)).toString('utf8').trim();
    if (text !== '') return text;
    throw new StudyError(
      `${name} in ${this.#path} has ${size} bytes and no class`,
      `a .cls member holds a class: a number or a name of at most ${longestLabel} bytes`,
    );
  }
}

/** Without what stands before a name in tars of the current folder. */
function plain(name: string): string {
  return name.replace(/^(?:\.?\/)+/, '');
}

export function isTarName(name: string): boolean {
  return /\.tar$/i.test(name) && !/(^|\/)\./.test(name);
}

function stemOf(path: string): string {
  return basename(path).replace(/\.tar$/i, '');
}

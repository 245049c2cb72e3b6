import { createRequire } from 'node:module';

type Sharp = typeof import('sharp').default;

const require = createRequire(import.meta.url);
let loaded: Sharp | undefined;
let isBlocking = false;

/** sharp, loaded at the first image: commands without images start 0.1 s earlier. */
export function loadedSharp(): Sharp {
  if (loaded === undefined) {
    loaded = require('sharp') as Sharp;
    // Parallelism is over images, in libuv's pool; a cache of operations would only grow.
    loaded.concurrency(1);
    loaded.cache(false);
    if (isBlocking) block(loaded);
  }
  return loaded;
}

/**
 * Leaves libvips no reader but those of the formats that are listed, for the whole process: it knows
 * SVG, whose filters take minutes, and others. Files are told apart by their content before it sees
 * them; this holds for what is inside them, such as the HDR gain map of a JPEG.
 */
export function blockOtherReaders(): void {
  isBlocking = true;
  if (loaded !== undefined) block(loaded);
}

function block(sharp: Sharp): void {
  const formats = ['Jpeg', 'Png', 'Tiff', 'Webp'];
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: formats.map((format) => `VipsForeignLoad${format}`) });
}

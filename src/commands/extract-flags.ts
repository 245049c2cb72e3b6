import type { OutputName } from '../models/outputs.ts';
import type { EngineFlags } from './engine-flags.ts';
import type { ImageFlags } from './image-flags.ts';

/** Flags of `study extract`. */
export interface ExtractFlags extends ImageFlags, Omit<EngineFlags, 'workers'> {
  readonly images?: string;
  readonly generator?: string;
  readonly count?: number;
  readonly saveImages?: string;
  readonly out: string;
  readonly glob?: string;
  readonly limit?: number;
  readonly seed?: string | number;
  readonly corrupt?: string;
  readonly moments?: boolean;
  readonly outputs?: OutputName[];
}

import type { LinearAlgebra } from '../linalg/algebra.ts';
import { runUnit } from './draw.ts';
import { openMetrics } from './draw-metrics.ts';
import type { Engine } from './engine.ts';
import { openRows } from './open-rows.ts';

/** Runs draws one after another in this thread, with any linear algebra. */
export function inlineEngine(algebra: LinearAlgebra): Engine {
  return {
    async run({ source, sampling }, units, onOutcome, signal) {
      const rows = openRows(source.rows, sampling);
      const metrics = openMetrics(source, sampling);
      try {
        for (const unit of units) {
          if (signal?.aborted) return;
          for await (const outcome of runUnit(unit, source, rows, algebra, metrics)) {
            await onOutcome(outcome);
            if (signal?.aborted) return;
          }
        }
      } finally {
        metrics?.close();
        await rows.close();
      }
    },
  };
}

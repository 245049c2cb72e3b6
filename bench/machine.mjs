// The machine, and its limits as measured in the same run: the rate of a matrix product in OpenBLAS
// and that of a copy in memory.
import { loadavg } from 'node:os';
import { environment } from '../dist/provenance/environment.js';
import { openPeer } from './peer.mjs';
import { inTurns, ofRounds } from './rounds.mjs';
import { figure } from './tables.mjs';

const N = 2048;
const COPIED = 256 * 2 ** 20;

export async function bench({ quick, threads: all }) {
  const rounds = quick ? 3 : 9;
  // Read before this run adds to it.
  const [load] = loadavg();
  const { cpu, memoryBytes, system, node, study, libraries } = environment();
  const rows = [
    { '': 'processor', value: `${cpu}, ${all} cores` },
    { '': 'memory', value: figure(memoryBytes / 2 ** 30, 'GiB') },
    { '': 'system', value: system },
    { '': 'load average before the run', value: load.toFixed(2) },
    { '': 'fid-study', value: study },
    { '': 'Node', value: node },
    { '': 'onnxruntime-node', value: libraries['onnxruntime-node'] },
  ];
  const row = (name, value) => rows.push({ '': name, value });
  const [source, target] = [0, 1].map((x) => new Float64Array(COPIED / 8).fill(x));
  for (const threads of new Set([1, all])) {
    const peer = openPeer(threads);
    const { result: versions } = await peer.ask('versions').catch(() => ({}));
    if (versions && threads === 1) {
      for (const [name, version] of Object.entries(versions)) row(name, version);
    }
    const { copy, gemm } = await inTurns(
      {
        copy: threads === 1 && (() => target.set(source)),
        gemm: versions && (() => peer.ask('gemm', { n: N })),
      },
      rounds,
    );
    await peer.close();
    if (copy)
      row('memory: a copy of 256 MiB, read + written', figure((2e-9 * COPIED) / copy, 'GB/s'));
    const name = `float64 product of ${N} × ${N} in OpenBLAS, threads: ${threads}`;
    if (gemm) row(name, figure((2 * N ** 3) / gemm / 1e9, 'GFLOP/s'));
  }
  return [{ title: 'Machine and limits', rows, notes: [ofRounds(rounds)] }];
}

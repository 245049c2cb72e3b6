// Standard normals, one thread: the kernel against a plain Box–Muller on seedrandom and NumPy's
// Generator.standard_normal. The limit is the write of the numbers to memory: a copy of an array.
import seedrandom from 'seedrandom';
import { normalSource } from '../dist/random/normals.js';
import { stream } from '../dist/random/stream.js';
import { openPeer } from './peer.mjs';
import { inTurns, ofRounds } from './rounds.mjs';
import { figure, times } from './tables.mjs';

const COUNT = 1_000_000;
/** Blocks per measurement; a single block would be too short to time. */
const TIMES = 8;

export async function bench({ quick }) {
  const numpy = openPeer(1);
  const peered = (await numpy.can('versions')).able;
  const theirs = (dtype) =>
    peered && (() => numpy.ask('normals', { dtype, count: COUNT, times: TIMES }));
  const source = normalSource(stream('bench'));
  const uniform = seedrandom('bench');
  const double = new Float64Array(COUNT);
  const other = new Float64Array(COUNT);
  const single = new Float32Array(COUNT);
  const repeated = (run) => () => {
    for (let i = 0; i < TIMES; i++) run();
  };
  const blocks = () => {
    for (let i = 0; i < COUNT; i += 4000) source.block(4000);
  };
  const ways = {
    'kernel, blocks in place, float64': repeated(blocks),
    'kernel, fill, float64': repeated(() => source.fill(double)),
    'kernel, fill, float32': repeated(() => source.fill(single)),
    'NumPy standard_normal, float64': theirs('float64'),
    'NumPy standard_normal, float32': theirs('float32'),
    'Box–Muller on seedrandom, float64': repeated(() => boxMuller(double, uniform)),
    'a copy of a float64 array': repeated(() => double.set(other)),
  };
  for (let i = 0; i < 3; i++) {
    for (const way of Object.values(ways)) if (way) await way(); // until V8 has optimised
  }
  const rounds = quick ? 5 : 15;
  const found = await inTurns(ways, rounds);
  await numpy.close();
  const fill = found['kernel, fill, float64'];
  return [
    {
      title: 'Normals',
      what: `Standard normals on one thread. ${ofRounds(rounds)}`,
      rows: Object.entries(found).map(([name, taken]) => ({
        '': name,
        'ns each': figure((taken / COUNT / TIMES) * 1e9),
        'GB/s': figure((COUNT * TIMES * (name.includes('float32') ? 4 : 8)) / taken / 1e9),
        'time / kernel, fill, float64': times(taken, fill),
      })),
    },
  ];
}

function boxMuller(out, uniform) {
  for (let i = 0; i < out.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    out[i] = radius * Math.cos(angle);
    out[i + 1] = radius * Math.sin(angle);
  }
}

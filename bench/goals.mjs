import { figure, seconds, times } from './tables.mjs';

/** A row of the table against an expert: both times, and what their ratio is to be. */
export function ratioGoal(work, ours, expert, most) {
  return {
    work,
    ours: seconds(ours),
    expert: seconds(expert),
    'ours / expert': times(ours, expert),
    'to reach': `≤ ${most}`,
  };
}

/** Images per second, of which a share of the network's alone is to be left. */
export function rateGoal(work, ours, bare, least) {
  return {
    work,
    ours: figure(ours, 'images/s'),
    expert: figure(bare, 'images/s'),
    'ours / expert': times(ours, bare),
    'to reach': `≥ ${least}`,
  };
}

/** Seconds of which no more is to be needed. */
export function timeGoal(work, ours, most) {
  return { work, ours: seconds(ours), 'to reach': `≤ ${most} s` };
}

/** The table of all goals that were measured. */
export function againstExpert(rows, { cpu, cores, node, load }) {
  return {
    title: 'Against an expert',
    what: `What the tables below measure, d = 2048, against what somebody writes by hand in NumPy and SciPy who knows LAPACK (Cholesky, two triangular products, \`eigvalsh\`), and extraction against the bare network. ${cpu}, ${cores} cores, Node ${node}, load average before the run ${load}.`,
    rows,
  };
}

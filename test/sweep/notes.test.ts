import { describe, expect, it } from 'vitest';
import { sweepNotes } from '../../src/sweep/notes.ts';
import { parseSettings, type SweepInput } from '../../src/sweep/settings.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { poolInputsOf, smallInputs } from './small.ts';

const folder = temporaryFolder();
const settings = (more: SweepInput = {}) => parseSettings({ sizes: [10, 200], seeds: 2, ...more });

describe('sweepNotes', () => {
  it('are none for the fresh draws of a surrogate', async () => {
    expect(sweepNotes(settings(), await smallInputs())).toEqual([]);
  });

  it('say of a pool without replacement that its SD is too small, and what was computed once', async () => {
    const inputs = await poolInputsOf(folder, 200);
    const shared = expect.stringContaining('their SD is too small by √(1 − N/pool)');
    const once = expect.stringMatching(/^N = 200 is the whole pool.*computed once$/);
    expect(sweepNotes(settings(), inputs)).toEqual([shared, once]);
    expect(sweepNotes(settings({ sizes: [10, 199] }), inputs)).toEqual([shared]);
    // With one seed every draw is computed once.
    expect(sweepNotes(settings({ seeds: 1 }), inputs)).toEqual([shared]);
  });

  it('say of draws with replacement that they add a bias of their own', async () => {
    expect(sweepNotes(settings({ replacement: true }), await poolInputsOf(folder, 200))).toEqual([
      expect.stringMatching(/with replacement from a pool of 200: .*about C\/200$/),
    ]);
  });

  it('begin with the model whose FIDs cannot stand beside published ones', async () => {
    const notes = sweepNotes(settings(), await poolInputsOf(folder, 200, false));
    expect(notes[0]).toBe('FIDs of net are not comparable with published FIDs');
    expect(notes).toHaveLength(3);
    expect(sweepNotes(settings(), await poolInputsOf(folder, 200, true))).toHaveLength(2);
  });
});

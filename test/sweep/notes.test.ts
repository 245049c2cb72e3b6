import { describe, expect, it } from 'vitest';
import { sweepNotes } from '../../src/sweep/notes.ts';
import { parseSettings, type SweepInput } from '../../src/sweep/settings.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { poolInputsOf, smallInputs } from './small.ts';

const folder = temporaryFolder();
/** With enough references for no note. */
const poolOf200 = async (comparable?: boolean) => ({
  ...(await poolInputsOf(folder, 200, comparable)),
  referenceSize: 10_000,
});
const settings = (more: SweepInput = {}) => parseSettings({ sizes: [10, 200], seeds: 2, ...more });

describe('sweepNotes', () => {
  it('are empty for the fresh draws of a surrogate', async () => {
    expect(sweepNotes(settings(), await smallInputs())).toEqual([]);
  });

  it('say of a pool without replacement that its SD is too small, and what was computed once', async () => {
    const inputs = await poolOf200();
    const shared = expect.stringContaining('their SD is too small by the factor √(1 − N/pool)');
    const once = expect.stringMatching(/^N = 200 is the whole pool.*computed once$/);
    expect(sweepNotes(settings(), inputs)).toEqual([shared, once]);
    expect(sweepNotes(settings({ sizes: [10, 199] }), inputs)).toEqual([shared]);
    // With one seed every draw is computed once.
    expect(sweepNotes(settings({ seeds: 1 }), inputs)).toEqual([shared]);
  });

  it('say that draws with replacement add bias', async () => {
    expect(sweepNotes(settings({ replacement: true }), await poolOf200())).toEqual([
      expect.stringMatching(/with replacement from a pool of 200: .*about C\/200$/),
    ]);
  });

  it('say how much bias a small reference adds, if the line shows it', async () => {
    const inputs = { ...(await smallInputs()), referenceSize: 500 };
    const [note] = sweepNotes(settings(), inputs, 250);
    expect(note).toBe(
      'the reference has only 500 images: their bias makes every FID here too high by about 0.5',
    );
    expect(sweepNotes(settings(), inputs)[0]).toMatch(/makes every FID here too high$/);
    expect(sweepNotes(settings(), { ...inputs, referenceSize: 10_000 })).toEqual([]);
  });

  it('begin with the model whose FIDs are not comparable with published ones', async () => {
    const notes = sweepNotes(settings(), await poolOf200(false));
    expect(notes[0]).toBe('FIDs of net are not comparable with published FIDs');
    expect(notes).toHaveLength(3);
    expect(sweepNotes(settings(), await poolOf200(true))).toHaveLength(2);
  });
});

import { describe, expect, it } from 'vitest';
import { Page, records } from './page.ts';

const page = new Page('docs/peers.md');

describe('a figure of docs/peers.md', () => {
  it('of the files of other tools is that of results/peers', async () => {
    const rows = await records('peers/files.csv');
    const of = (tool: string, d: number, files: string) => {
      const row = rows.find(
        (each) => each.tool === tool && each.dimension === d && each.files === files,
      )!;
      return { apart: Number(row.relative_difference).toExponential(1), fid: Number(row.by_study) };
    };
    const fidTo = (d: number) => {
      const { apart, fid } = of('pytorch-fid', d, 'its .npz, read by us');
      return `${apart} (FID ${fid.toPrecision(11)})`;
    };
    const back = (d: number) => of('pytorch-fid', d, 'our .npz, read by it').apart;
    const cleanFid = (files: string) => of('clean-fid', 512, files).apart;
    const double = cleanFid('our float64 .npz, read by it');
    const single = cleanFid('our float32 .npz, read by it');
    const statistics = of('torch-fidelity', 512, 'its statistics (.pt), read by us').apart;
    const both = `float64: ${double}; float32: ${single}`;
    expect(page.table('its files, read here')).toEqual([
      ['pytorch-fid', '2,048', fidTo(2048), back(2048)],
      ['pytorch-fid', '512', fidTo(512), back(512)],
      ['clean-fid', '512', cleanFid('its .npz, read by us'), both],
      ['torch-fidelity', '512', `\`.pt\` statistics ${statistics}`, 'reads none'],
    ]);
    expect(page.numbers('clean-fid takes the square root')).toEqual([single]);
    expect(page.numbers('sum their means in float32')).toEqual([
      of('clean-fid', 512, 'its features (.npz), read by us').apart,
      of('torch-fidelity', 512, 'its features (.pt), read by us').apart,
    ]);
  });
});

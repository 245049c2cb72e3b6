import type { Config } from 'vega-lite';

/** The schema that every spec names. */
export const SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';

/**
 * Plot area in px (1/96 in). With axis labels and padding a chart is about 320 px, the 3.3 in of
 * one paper column, so that the font sizes below are those on paper: 11 px is 8¼ pt.
 */
export const WIDTH = 252;
export const HEIGHT = 168;
export const FONT_SIZE = 11;
const TITLE_SIZE = 12;

/** Verdana has the advance widths of DejaVu Sans, so the layout holds if DejaVu is missing. */
const FONT = 'DejaVu Sans, Verdana, Geneva, sans-serif';

/** Okabe–Ito: distinguishable with any colour vision. Shape or dash always repeats the colour. */
export const COLOR = {
  blue: '#0072B2',
  vermillion: '#D55E00',
  ink: '#222222',
  draw: '#777777',
  grid: '#E4E4E4',
  axis: '#888888',
} as const;

/** What every chart shares; put into each spec so that a `.vl.json` stands alone. */
export const CONFIG: Config = {
  background: 'white',
  font: FONT,
  padding: 4,
  view: { stroke: null },
  title: {
    anchor: 'start',
    frame: 'bounds',
    color: COLOR.ink,
    fontSize: TITLE_SIZE,
    fontWeight: 'bold',
    subtitleColor: COLOR.ink,
    subtitleFontSize: FONT_SIZE,
    subtitlePadding: 4,
    offset: 8,
  },
  axis: {
    labelColor: COLOR.ink,
    labelFontSize: FONT_SIZE,
    labelLimit: 0,
    titleColor: COLOR.ink,
    titleFontSize: FONT_SIZE,
    titleFontWeight: 'normal',
    titleLimit: 0,
    domainColor: COLOR.axis,
    tickColor: COLOR.axis,
    tickSize: 4,
    gridColor: COLOR.grid,
    gridWidth: 0.6,
  },
  axisX: { titlePadding: 5 },
  // One extent for all charts, so that their plot areas line up on a page.
  axisY: { minExtent: 32, titlePadding: 4 },
  text: { color: COLOR.ink, fontSize: FONT_SIZE },
};

const VEGA_LITE = 'application/vnd.vegalite.v5+json';

/**
 * An executed notebook in the form in which it is saved: the same outputs give the same bytes. Times
 * and versions of the kernel are left out, cells are counted from the first (tslab does not count),
 * JSON outputs become JSON, and a chart's spec with the PNG that follows it becomes one output, so that
 * a viewer without Vega-Lite shows the picture.
 *
 * @param {string} text an .ipynb as nbconvert wrote it
 */
export function normalised(text) {
  const { cells, metadata, nbformat, nbformat_minor } = JSON.parse(text);
  const { name, display_name, language } = metadata.kernelspec;
  let count = 0;
  const notebook = {
    cells: cells.map((cell) => ({
      ...cell,
      metadata: {},
      source: lines(cell.source),
      ...(cell.outputs && { execution_count: ++count, outputs: joined(cell.outputs.map(output)) }),
    })),
    metadata: {
      kernelspec: { display_name, language, name },
      language_info: { file_extension: '.ts', mimetype: 'text/typescript', name: 'typescript' },
    },
    nbformat,
    nbformat_minor,
  };
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

function output(given) {
  if (!given.data) return { ...given, ...(given.text && { text: lines(given.text) }) };
  const data = Object.entries(given.data).map(([type, value]) => {
    if (type.endsWith('json')) return [type, typeof value === 'string' ? JSON.parse(value) : value];
    return [type, type.startsWith('text/') ? lines(value) : value];
  });
  return { ...given, data: Object.fromEntries(data) };
}

/** Texts as nbformat has them: a line an item. */
function lines(text) {
  return [text]
    .flat()
    .join('')
    .split(/(?<=\n)/);
}

function joined(outputs) {
  const result = [];
  for (const output of outputs) {
    const last = result.at(-1);
    const afterChart = last?.data && VEGA_LITE in last.data && !('image/png' in last.data);
    if (afterChart && output.data && 'image/png' in output.data) {
      Object.assign(last.data, output.data);
    } else if (last?.name === 'stdout' && output.name === 'stdout') {
      // What was printed comes in pieces that depend on timing.
      last.text = lines([...last.text, ...output.text]);
    } else {
      result.push(output);
    }
  }
  return result;
}

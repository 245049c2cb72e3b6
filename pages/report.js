// What a report does in a browser: tooltips on the marks of its charts, by pointer and by arrow keys; a click
// on the key shows one series alone; Shift and the wheel zoom; a click on a column sorts the table. The
// charts are the SVGs in the page: their marks carry the text of their tooltip as `aria-label`.

for (const figure of document.querySelectorAll('figure')) {
  const svg = figure.querySelector('svg');
  if (svg) liven(figure, svg);
}
for (const table of document.querySelectorAll('table')) makeSortable(table);
// In print nothing is folded.
addEventListener('beforeprint', () => {
  for (const folded of document.querySelectorAll('details')) folded.open = true;
});

function liven(figure, svg) {
  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  figure.append(tip);
  const marks = () => [...svg.querySelectorAll('[data-tip]')];
  const markAt = ({ target }) => (target instanceof Element ? target.closest('[data-tip]') : null);

  function show(mark) {
    tip.textContent = mark.getAttribute('data-tip').replaceAll('; ', '\n');
    tip.hidden = false;
    const box = figure.getBoundingClientRect();
    const at = mark.getBoundingClientRect();
    const middle = Math.min(Math.max(at.left + at.width / 2, box.left), box.right) - box.left;
    const left = Math.min(middle + 12, box.width - tip.offsetWidth - 4);
    const above = at.top - box.top - tip.offsetHeight - 6;
    tip.style.left = `${Math.max(4, left)}px`;
    tip.style.top = `${above < 0 ? Math.min(at.bottom - box.top + 6, box.height - tip.offsetHeight - 4) : above}px`;
  }
  function hide() {
    tip.hidden = true;
  }
  svg.addEventListener('pointerover', (event) => {
    const mark = markAt(event);
    if (mark) show(mark);
    else hide();
  });
  svg.addEventListener('pointerleave', hide);

  // One stop for Tab; arrows go from mark to mark.
  let at = -1;
  svg.setAttribute('tabindex', '0');
  svg.addEventListener('keydown', (event) => {
    const all = marks();
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') return hide();
    if (event.key === '+' || event.key === '-') return zoom(event.key === '+' ? 0.8 : 1.25);
    if (event.key === '0') return reset();
    if (step === undefined || all.length === 0) return;
    event.preventDefault();
    at = (at + step + all.length) % all.length;
    const mark = all[at];
    mark.setAttribute('tabindex', '-1');
    mark.focus({ preventScroll: true });
    show(mark);
  });
  svg.addEventListener('blur', hide, true);

  // The view box is what is seen of the chart.
  const whole = (svg.getAttribute('viewBox') ?? '0 0 1 1').split(' ').map(Number);
  let seen = whole;
  function setSeen(box) {
    const [width, height] = [Math.min(box[2], whole[2]), Math.min(box[3], whole[3])];
    const within = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));
    seen = [
      within(box[0], whole[0], whole[0] + whole[2] - width),
      within(box[1], whole[1], whole[1] + whole[3] - height),
      width,
      height,
    ];
    svg.setAttribute('viewBox', seen.join(' '));
    figure.classList.toggle('zoomed', width < whole[2]);
  }
  function zoom(factor, x = 0.5, y = 0.5) {
    const width = Math.max(whole[2] / 12, seen[2] * factor);
    const height = (width * whole[3]) / whole[2];
    setSeen([seen[0] + x * (seen[2] - width), seen[1] + y * (seen[3] - height), width, height]);
  }
  function reset() {
    setSeen(whole);
  }
  svg.addEventListener(
    'wheel',
    (event) => {
      if (!event.shiftKey) return;
      event.preventDefault();
      const box = svg.getBoundingClientRect();
      const turned = event.deltaY || event.deltaX;
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      zoom(turned < 0 ? 0.8 : 1.25, x / box.width, y / box.height);
    },
    { passive: false },
  );
  svg.addEventListener('pointermove', (event) => {
    if ((event.buttons & 1) === 0 || seen[2] >= whole[2]) return;
    const scale = seen[2] / svg.getBoundingClientRect().width;
    setSeen([
      seen[0] - event.movementX * scale,
      seen[1] - event.movementY * scale,
      seen[2],
      seen[3],
    ]);
  });

  const series = JSON.parse(figure.getAttribute('data-series') ?? '{}');
  const shown = new Set();
  const partsOf = (name) =>
    series[name].flatMap((i) => [...svg.querySelectorAll(`.layer_${i}_marks`)]);
  for (const name of Object.keys(series)) {
    for (const part of partsOf(name)) {
      part.classList.add('series');
      part.addEventListener('click', (event) => {
        if (!event.shiftKey && !shown.has(name)) shown.clear();
        if (shown.has(name)) shown.delete(name);
        else shown.add(name);
        for (const each of Object.keys(series)) {
          const isDimmed = shown.size > 0 && !shown.has(each);
          for (const other of partsOf(each)) other.classList.toggle('dimmed', isDimmed);
        }
      });
    }
  }
  svg.addEventListener('dblclick', () => {
    reset();
    shown.clear();
    for (const each of svg.querySelectorAll('.dimmed')) each.classList.remove('dimmed');
  });
}

function makeSortable(table) {
  const heads = [...table.querySelectorAll('thead th')];
  for (const [column, head] of heads.entries()) {
    if (head.hasAttribute('data-fixed')) continue;
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      const direction = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', direction === 1 ? 'ascending' : 'descending');
      const rows = [...table.tBodies[0].rows];
      rows.sort((a, b) => direction * order(sortKey(a.cells[column]), sortKey(b.cells[column])));
      table.tBodies[0].append(...rows);
    });
  }
}

/** The number that a cell begins with, or its text; what has neither comes last. */
function sortKey(cell) {
  const text = cell.getAttribute('data-value') ?? cell.textContent.trim();
  const number = Number.parseFloat(text.replaceAll(',', ''));
  return Number.isNaN(number) ? text : number;
}

function order(a, b) {
  if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
  return typeof a === 'number' ? -1 : 1;
}

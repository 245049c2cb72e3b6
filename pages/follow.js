// Follows a sweep under way: asks for its draws every two seconds, puts the new chart in place of the old,
// and opens the report when it is there.

const state = document.getElementById('state');
const chart = document.getElementById('chart');
let drawn = 0;

async function ask() {
  try {
    const answer = await fetch(state.dataset.href);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const { draws, text, svg, isFinished } = await answer.json();
    if (isFinished) {
      location.replace(state.dataset.done);
      return;
    }
    state.textContent = text;
    if (draws !== drawn) {
      drawn = draws;
      chart.replaceChildren();
      chart.innerHTML = svg;
      liven(chart, chart.querySelector('svg'));
    }
  } catch {
    state.textContent = 'study view has ended; start it again';
    return;
  }
  setTimeout(ask, 2000);
}

ask();

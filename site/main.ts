import { datasetsWithConstant } from '../src/answers/correct/bias-constant.ts';
import { publishedPairs } from '../src/answers/correct/pairs.ts';
import { StudyError } from '../src/errors.ts';
import type { Answer, Values } from './answer.ts';
import { convert } from './convert.ts';
import { askFile } from './file.ts';
import { showFindings } from './findings.ts';
import { plan } from './plan.ts';
import { show, showError } from './show.ts';
import { versus } from './versus.ts';

/** Sections whose answer is a function of their form. */
const answers: Readonly<Record<string, (values: Values) => Answer>> = { convert, plan, versus };
const sections = [...document.querySelectorAll<HTMLElement>('main > section')];
/** A key press is not yet a question. */
const PAUSE = 150;

for (const select of document.querySelectorAll('select[name=dataset]')) {
  for (const dataset of datasetsWithConstant(publishedPairs())) {
    select.append(new Option(dataset, dataset));
  }
  select.append(new Option('a constant of my own', 'own'));
}
for (const section of sections) {
  const form = section.querySelector('form');
  let waits: ReturnType<typeof setTimeout> | undefined;
  form?.addEventListener('submit', (event) => event.preventDefault());
  form?.addEventListener('input', () => {
    clearTimeout(waits);
    waits = setTimeout(() => {
      update(section, form);
      history.replaceState(null, '', `#${section.id}?${new URLSearchParams(valuesOf(form))}`);
    }, PAUSE);
  });
}
acceptDrops();
addEventListener('hashchange', open);
open();

/** Shows the section that the address names, with the values that it names. */
function open(): void {
  const [, name = '', query = ''] = /^#?([\w-]*)\??(.*)$/.exec(location.hash) ?? [];
  const section = sections.find(({ id }) => id === name) ?? sections[0]!;
  for (const each of sections) each.hidden = each !== section;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.getAttribute('href') === `#${section.id}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const form = section.querySelector('form');
  if (form) {
    const given = new URLSearchParams(query);
    if (query) for (const field of fieldsOf(form)) field.value = given.get(field.name) ?? '';
    update(section, form);
  } else void showFindings(section.querySelector<HTMLElement>('.result')!);
}

function update(section: HTMLElement, form: HTMLFormElement): void {
  const into = section.querySelector<HTMLElement>('.result')!;
  const values = valuesOf(form);
  for (const field of form.querySelectorAll<HTMLElement>('.own'))
    field.hidden = values.dataset !== 'own';
  try {
    const answer = answers[section.id];
    if (answer) show(into, answer(values));
    else askFile(form, values, into);
  } catch (error) {
    if (!(error instanceof StudyError)) throw error;
    showError(into, error.message, error.hint);
  }
}

function fieldsOf(form: HTMLFormElement): (HTMLInputElement | HTMLSelectElement)[] {
  return [...form.elements].filter(
    (each): each is HTMLInputElement | HTMLSelectElement =>
      (each instanceof HTMLInputElement && each.type !== 'file') ||
      each instanceof HTMLSelectElement,
  );
}

/** Fields that are not empty. */
function valuesOf(form: HTMLFormElement): Record<string, string> {
  const entries = fieldsOf(form).map(({ name, value }) => [name, value.trim()]);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

/** A file that is dropped on a field of files goes into it. */
function acceptDrops(): void {
  for (const field of document.querySelectorAll<HTMLInputElement>('input[type=file]')) {
    const zone = field.closest<HTMLElement>('label')!;
    zone.addEventListener('dragover', (event) => event.preventDefault());
    zone.addEventListener('drop', (event) => {
      event.preventDefault();
      if (!event.dataTransfer?.files.length) return;
      field.files = event.dataTransfer.files;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    });
  }
}

// The queue as it is now, without moving what somebody looks at or is about to press.
import { controls, current, goTo } from './rows.js';

const sent = new WeakMap(); // a row as the server sent it: marks of ours do not make it another
const busy = new Set(); // rows whose action is on its way
const left = new Map(); // rows that are dealt with, and when we knew
let awaited = null; // a row that was put back, and is not here yet

for (const row of document.querySelectorAll('.queue > li')) sent.set(row, row.outerHTML);
addEventListener('keydown', () => { awaited = null; }, { capture: true, passive: true });
addEventListener('focusin', () => {
  for (const row of document.querySelectorAll('.queue > .gone')) {
    if (row !== current()) row.remove();
  }
});

export const isBusy = (row) => busy.has(row.dataset.row);

export function setBusy(row, isOn) {
  if (isOn) busy.add(row.dataset.row);
  else busy.delete(row.dataset.row);
  row.setAttribute('aria-busy', isOn);
}

// A row is dealt with. The keyboard, when it was there, goes on to the next.
export function leave(row) {
  left.set(row.dataset.row, performance.now());
  document.getElementById('news').textContent = '';
  const held = current();
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const goesOn = !held || held === row;
  row.remove();
  if (goesOn && next) goTo(next);
  else if (goesOn) document.getElementById('main').focus();
}

// A row comes back, and the keyboard to it unless it has gone on meanwhile.
export function expect(name) {
  left.delete(name);
  awaited = name;
  greet(document.querySelector('.queue'));
}

// Whether all of it is shown: a row that has left since we asked is not shown again.
export function showQueue(part, fresh, asked) {
  const held = current();
  const place = held ? controls(held).indexOf(document.activeElement) : -1;
  const still = held ?? firstInSight();
  const name = still?.dataset.row;
  const top = still?.getBoundingClientRect().top;
  const list = part.querySelector('.queue');
  const coming = [...fresh.querySelectorAll('.queue > li')];
  const shown = coming.filter((row) => !(left.get(row.dataset.row) > asked));
  const isNews = showRows(list, shown);
  showRest(part, fresh, list);
  if (held) hold(named(list, name) ?? held, place);
  keepInSight(named(list, name), top);
  if (isNews || !shown.length) tell(part);
  greet(list);
  return shown.length === coming.length;
}

function greet(list) {
  const row = awaited && named(list, awaited);
  if (!row) return;
  awaited = null;
  goTo(row);
}

const named = (list, name) => list.querySelector(`[data-row="${CSS.escape(name ?? '')}"]`);

// Whether there are rows that were not here before.
function showRows(list, coming) {
  const known = new Map([...list.children].map((row) => [row.dataset.row, row]));
  const names = new Set(coming.map((row) => row.dataset.row));
  for (const row of known.values()) {
    if (names.has(row.dataset.row) || isBusy(row)) continue;
    if (row === current()) say(row);
    else row.remove();
  }
  let place = list.firstElementChild;
  for (const row of coming) {
    while (place && !names.has(place.dataset.row)) place = place.nextElementSibling;
    const before = known.get(row.dataset.row);
    const now = before && isSame(before, row) ? before : row;
    if (now === row) sent.set(row, row.outerHTML);
    if (before && now === row) before.replaceWith(row);
    if (place === before) place = now;
    if (now === place) place = place.nextElementSibling;
    else list.insertBefore(now, place);
  }
  return coming.some((row) => !known.has(row.dataset.row));
}

const isSame = (before, row) => isBusy(before) || sent.get(before) === row.outerHTML;

// Somebody else was quicker. The row stays until one goes on, so that no key meets another row.
function say(row) {
  if (row.matches('.gone')) return;
  row.classList.add('gone');
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  const words = document.createElement('p');
  words.textContent = row.closest('[data-gone]').dataset.gone;
  row.querySelector('.actions').replaceChildren(words);
  document.getElementById('news').textContent = words.textContent;
}

// Everything else of the part: how much waits, for whom others wait, what was answered.
function showRest(part, fresh, list) {
  const open = [...part.querySelectorAll('details[open]')].map((node) => node.id);
  const within = document.activeElement?.closest('details');
  const place = within ? focusable(within).indexOf(document.activeElement) : -1;
  const all = [...fresh.children];
  const at = all.findIndex((node) => node.matches('.queue'));
  for (const node of [...part.children]) if (node !== list) node.remove();
  list.before(...all.slice(0, at));
  list.after(...all.slice(at + 1));
  for (const id of open) document.getElementById(id)?.setAttribute('open', '');
  const again = within && document.getElementById(within.id);
  if (again) focusable(again)[place]?.focus({ preventScroll: true });
}

const focusable = (node) => [...node.querySelectorAll('summary, a, button')];

// The keyboard stays where it was, also when its row is drawn again.
function hold(row, place) {
  if (row.contains(document.activeElement)) return;
  (controls(row)[place] ?? row).focus({ preventScroll: true });
}

function firstInSight() {
  if (!scrollY) return null;
  const rows = [...document.querySelectorAll('.queue > li')];
  return rows.find((row) => row.getBoundingClientRect().bottom > 0) ?? null;
}

function keepInSight(row, top) {
  if (row) scrollBy({ top: row.getBoundingClientRect().top - top, behavior: 'instant' });
}

function tell(part) {
  const words = part.querySelector('[data-summary]').textContent;
  const news = document.getElementById('news');
  if (news.textContent !== words) news.textContent = words;
}

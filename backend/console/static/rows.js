// Rows that the keyboard walks: which one it is on, what can be done there, and where to go next.
const ROWS = '[data-row], .agenda .meeting';
const LEFT_AT = 'ingang-row';

let last = null; // the row that the keyboard was on

addEventListener('focusin', (event) => {
  const row = event.target.closest(ROWS);
  if (!row || row === last) return;
  if (last) unmark(last);
  last = row;
  mark(row);
});

export const current = () => document.activeElement?.closest(ROWS) ?? null;

// A row that somebody else has dealt with has nothing to press, and is still where one is.
const rows = () => [...document.querySelectorAll(ROWS)].filter(
  (row) => controls(row).length || row === current(),
);

const isShown = (node) => node.getClientRects().length > 0;

// What can be done with a row besides opening it, in the order of the digits.
export function actions(row) {
  const found = row.querySelectorAll('.actions :is(a, button, summary)');
  return [...found].filter((node) => !node.matches('.open') && isShown(node));
}

export function move(by) {
  const all = rows();
  const at = all.indexOf(current() ?? last);
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
  goTo(all[Math.max(0, Math.min(all.length - 1, next))]);
}

export function goTo(row) {
  if (!row) return;
  controls(row)[0]?.focus({ preventScroll: true });
  row.scrollIntoView({ block: 'nearest' });
}

// What can have focus in a row; the first is where the keyboard comes to.
export function controls(row) {
  const all = [...row.querySelectorAll('a, button, summary')].filter(isShown);
  const first = all.find((node) => node.matches('.open')) ?? actions(row)[0];
  return first ? [first, ...all.filter((node) => node !== first)] : all;
}

// The keys stand on the buttons of the row that the keyboard is on.
export function mark(row) {
  if (!document.documentElement.dataset.keys) return;
  const open = row.querySelector('.actions .open');
  if (open) addKey(open, '↵');
  actions(row).slice(0, 9).forEach((node, index) => {
    const key = node.dataset.key ?? index + 1;
    addKey(node, key);
    node.setAttribute('aria-keyshortcuts', key);
  });
}

function addKey(node, words) {
  if (node.querySelector('kbd')) return;
  const key = document.createElement('kbd');
  key.textContent = words;
  key.setAttribute('aria-hidden', 'true');
  node.append(key);
}

function unmark(row) {
  row.querySelectorAll('kbd').forEach((digit) => {
    digit.parentElement.removeAttribute('aria-keyshortcuts');
    digit.remove();
  });
}

// A form of a row that leads to the same page again: the keyboard comes back to the row.
export function leaveMark(form) {
  const row = form.closest('[data-row]');
  if (!row) return;
  const left = { path: location.pathname, row: row.dataset.row };
  sessionStorage.setItem(LEFT_AT, JSON.stringify(left));
}

export function comeBack() {
  const left = JSON.parse(sessionStorage.getItem(LEFT_AT) ?? '{}');
  sessionStorage.removeItem(LEFT_AT);
  if (left.path !== location.pathname) return;
  goTo(document.querySelector(`[data-row="${CSS.escape(left.row)}"]`));
}

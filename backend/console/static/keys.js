// The keyboard: from row to row, what can be done there, and from page to page.
import { takeBack } from './acting.js';
import { actions, current, move } from './rows.js';
import { first } from './taking.js';

const SHORTCUTS = 'ingang-shortcuts';
const TYPED = 'input:not([type=checkbox], [type=radio]), textarea, select, dialog, [contenteditable]';
const SEARCH = 'input[type=search]';
const root = document.documentElement;

let going = false; // g was pressed: the next key says where to

export function listen() {
  const help = document.getElementById('help');
  if (!help) return;
  const opener = document.getElementById('help-open');
  const wanted = document.getElementById('shortcuts');
  const isOn = () => localStorage.getItem(SHORTCUTS) !== 'off';
  opener.hidden = false;
  opener.addEventListener('click', () => help.showModal());
  wanted.checked = isOn();
  root.dataset.keys = isOn() ? 'on' : '';
  wanted.addEventListener('change', () => {
    localStorage.setItem(SHORTCUTS, wanted.checked ? 'on' : 'off');
    root.dataset.keys = wanted.checked ? 'on' : '';
  });
  addEventListener('keydown', (event) => {
    if (!wanted.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest(TYPED)) return;
    if (press(event, help)) event.preventDefault();
  });
  addEventListener('pointerdown', () => { if (root.dataset.keys) root.dataset.keys = 'on'; });
}

// Whether the key meant something. A key that is held down walks, and does nothing else.
function press(event, help) {
  const { key } = event;
  const wasGoing = going;
  going = false;
  if (key === 'j' || key === 'k') {
    root.dataset.keys = 'used';
    move(key === 'j' ? 1 : -1);
    return true;
  }
  if (event.repeat) return key === 'Enter' && current() !== null;
  if (wasGoing) return follow(document.querySelector(`[data-go="${CSS.escape(key)}"]`));
  if (key >= '1' && key <= '9') return follow(current() && actions(current())[key - 1]);
  const own = current()?.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (own) return follow(own);
  if (key === 't' && !current()) return follow(first());
  if (key === 'g') going = true;
  else if (key === 'u') follow(current()?.querySelector('button[value=undo]')) || takeBack();
  else if (key === '?') help.showModal();
  else if (key === '/') return reach(document.querySelector(SEARCH));
  else return false;
  return true;
}

function follow(node) {
  node?.click();
  return Boolean(node);
}

function reach(field) {
  field?.focus();
  return Boolean(field);
}

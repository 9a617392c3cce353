// What is done in the queue is sent without leaving it: the same forms, to the same addresses.
import { askAgain, forget, signedOut } from './live.js';
import { expect, isBusy, leave, setBusy } from './queue.js';

const SECOND_CLICK_MS = 500;

let undo = null; // how to take back the last thing that was done
let leftAt = -Infinity;

export const isOfQueue = (form) => form.closest('[data-row]')?.parentElement.matches('.queue');

export async function act(form, button) {
  const row = form.closest('[data-row]');
  if (isBusy(row)) return;
  const part = row.closest('[data-live]');
  const action = form.getAttribute('action');
  const fields = new URLSearchParams(new FormData(form));
  if (button.name) fields.set(button.name, button.value);
  setBusy(row, true);
  const answer = await send(action, fields);
  setBusy(row, false);
  if (answer.signedOut) {
    signedOut(part);
  } else if (answer.words === null) {
    undo = wayBack(row, form, button, action);
    say(`${label(button)}: ${row.dataset.name}`, undo !== null);
    leftAt = performance.now();
    leave(row);
    if (part.querySelector('.queue > li')) forget(part);
    else askAgain(part);
  } else {
    complain(row, answer.words || part.dataset.unsent);
  }
}

export async function takeBack() {
  const part = document.querySelector('[data-live][data-undone]');
  if (!part) return;
  if (!undo) {
    say(part.dataset.final, false);
    return;
  }
  const { action, fields, name } = undo;
  undo = null;
  const answer = await send(action, fields);
  if (answer.signedOut) {
    signedOut(part);
  } else if (answer.words === null) {
    say(part.dataset.undone, false);
    expect(name);
    askAgain(part);
  } else {
    say(answer.words || part.dataset.unsent, false);
  }
}

// words: null when it is done, '' when nothing arrived, else why not.
async function send(action, body) {
  try {
    const response = await fetch(action, { method: 'POST', body, redirect: 'manual' });
    if (response.type === 'opaqueredirect') return { words: null };
    if (response.status === 401) return { signedOut: true };
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    return { words: page.querySelector('.lead, .problem[role=alert]:not([hidden])')?.textContent ?? '' };
  } catch {
    return { words: '' };
  }
}

function wayBack(row, form, button, action) {
  if (!button.dataset.undo) return null;
  const fields = new URLSearchParams({ csrf: form.elements.csrf.value, do: button.dataset.undo });
  if (form.dataset.after) fields.set('version', form.dataset.after);
  return { action, fields, name: row.dataset.row };
}

function label(button) {
  const words = button.cloneNode(true);
  words.querySelectorAll('kbd, .hidden').forEach((node) => node.remove());
  return words.textContent.trim();
}

// Said once, and readable until the next thing is done.
function say(words, canUndo) {
  const line = document.getElementById('done');
  if (!line) return; // signed out meanwhile
  line.textContent = words;
  document.getElementById('undo').hidden = !canUndo;
}

function complain(row, words) {
  row.querySelector('[role=alert]')?.remove();
  const problem = document.createElement('p');
  problem.className = 'problem';
  problem.setAttribute('role', 'alert');
  problem.textContent = words;
  row.querySelector('.what').append(problem);
}

document.getElementById('undo')?.addEventListener('click', takeBack);

// The rows have moved up: the second half of a double click is not meant for the next one.
addEventListener('click', (event) => {
  const isSecond = event.detail > 1;
  const isHasty = event.detail > 0 && performance.now() - leftAt < SECOND_CLICK_MS;
  if ((isSecond || isHasty) && event.target.closest('.queue')) event.preventDefault();
}, { capture: true });

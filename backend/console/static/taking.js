// Taking a chat from the queue: on to the conversation, or the reason why not, where one is.
import { askAgain, signedOut } from './live.js';

let isBusy = false;

export async function take(form, button) {
  if (isBusy) return;
  isBusy = true;
  const part = document.querySelector('[data-live][data-undone]');
  const fields = new URLSearchParams(new FormData(form));
  fields.set(button.name, button.value);
  const answer = await send(form.getAttribute('action'), fields);
  isBusy = false;
  if (answer.isDone) {
    location.assign(form.dataset.talk);
  } else if (answer.signedOut) {
    signedOut(part);
  } else {
    document.getElementById('done').textContent = answer.words || part.dataset.unsent;
    document.getElementById('undo').hidden = true;
    askAgain(part);
  }
}

// Whoever waits first, when the keyboard is on nothing else that can be taken.
export const first = () => document.querySelector('[data-first] [data-key="t"]');

async function send(action, body) {
  try {
    const response = await fetch(action, { method: 'POST', body, redirect: 'manual' });
    if (response.type === 'opaqueredirect') return { isDone: true };
    if (response.status === 401) return { signedOut: true };
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    return { words: page.querySelector('.lead, .problem[role=alert]:not([hidden])')?.textContent };
  } catch {
    return {};
  }
}

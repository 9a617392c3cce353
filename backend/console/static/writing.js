// The answer box of a conversation: sent without leaving the page, and others see that one writes.
import { bringBack, expectSent, forgetDraft, keep } from './drafts.js';
import { askAgain, signedOut } from './live.js';

const SAY_EVERY_MS = 3000;

export function write(form) {
  if (!form) return;
  const field = form.querySelector('textarea');
  const refused = form.parentElement.querySelector('[data-refused]');
  const part = document.querySelector('[role=log][data-live]');
  let saidAt = -Infinity;
  let isBusy = false;

  const grow = () => count(form, field);
  field.addEventListener('drafted', grow);
  field.addEventListener('input', () => {
    grow();
    if (!field.value.trim() || performance.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = performance.now();
    const csrf = form.elements.csrf.value;
    fetch(form.dataset.write, { method: 'POST', body: new URLSearchParams({ csrf }) }).catch(() => {});
  });
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (isBusy) return;
    isBusy = true;
    const sent = field.value;
    expectSent(field, form.elements.key.value);
    const answer = await send(form);
    isBusy = false;
    if (answer.signedOut) {
      signedOut(part);
      return;
    }
    refused.hidden = answer.words === null;
    refused.textContent = answer.words ?? '';
    document.getElementById('problem')?.remove();
    if (answer.words === null) {
      if (field.value === sent) field.value = '';
      forgetDraft(field);
      form.elements.key.value = newKey();
      saidAt = -Infinity;
      grow();
      field.focus();
    } else if (answer.text !== undefined && field.value === sent) {
      field.value = answer.text; // a personal number in it is hidden
      keep(field);
    }
    askAgain(part);
  });
  bringBack();
  grow();
}

// words: null when it is sent, else why not. text: what the server keeps of it.
async function send(form) {
  try {
    const body = new URLSearchParams(new FormData(form));
    const response = await fetch(form.action, { method: 'POST', body, redirect: 'manual' });
    if (response.type === 'opaqueredirect') return { words: null };
    if (response.status === 401) return { signedOut: true };
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const words = page.querySelector('#problem, .lead')?.textContent;
    return { words: words ?? form.dataset.unsent, text: page.getElementById('text')?.value };
  } catch {
    return { words: form.dataset.unsent };
  }
}

function count(form, field) {
  const line = form.querySelector('[data-count]');
  const most = Number(field.dataset.longest);
  line.hidden = field.value.length <= most;
  line.querySelector('.number').textContent = `${field.value.length} / ${most}`;
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

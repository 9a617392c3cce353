// Parts of a page that change by themselves: each is asked for again as soon as it has changed.
import { bringBack } from './drafts.js';
import { clearParts, showParts } from './parts.js';
import { showQueue } from './queue.js';
import { showWhole } from './whole.js';

const WAIT_S = 20;
const RETRY_MS = 5000;

const waiting = new WeakMap(); // how to end the wait of a part
let active = false; // something was done by hand since we last asked
for (const kind of ['input', 'pointerdown', 'keydown']) {
  addEventListener(kind, () => { active = true; }, { passive: true });
}

export async function follow(part) {
  for (;;) {
    const wait = new AbortController();
    waiting.set(part, wait);
    try {
      const query = new URLSearchParams({ after: part.dataset.mark, wait: WAIT_S, active });
      const asked = performance.now();
      active = false;
      const join = part.dataset.live.includes('?') ? '&' : '?';
      const response = await fetch(part.dataset.live + join + query, {
        redirect: 'manual',
        signal: wait.signal,
      });
      if (response.status === 401 || response.status === 403) {
        signedOut(part);
        return;
      }
      if (response.status === 200) {
        const isWhole = show(part, await response.text(), asked);
        part.dataset.mark = isWhole ? response.headers.get('X-Mark') : '';
      } else if (response.status !== 204) {
        await pause(RETRY_MS);
      }
    } catch {
      if (!wait.signal.aborted) await pause(RETRY_MS);
    }
    if (document.hidden) await seen();
  }
}

// What is shown is not what its mark stands for any more: all of it is to be sent again.
export function forget(part) {
  part.dataset.mark = '';
}

export function askAgain(part) {
  forget(part);
  waiting.get(part)?.abort();
}

export function signedOut(part) {
  part.replaceChildren(); // nothing of anybody's is left on a screen nobody is signed in to
  clearParts();
  document.querySelector('.done')?.replaceChildren();
  const ended = document.getElementById('ended');
  ended.querySelector('a').search = `?onward=${encodeURIComponent(location.pathname)}`;
  ended.hidden = false;
}

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const seen = () => new Promise((resolve) => {
  document.addEventListener('visibilitychange', resolve, { once: true });
});

// Whether everything that was sent is shown now.
function show(part, html, asked) {
  const fresh = new DOMParser().parseFromString(html, 'text/html').body;
  showParts(fresh);
  bringBack();
  if (part.matches('[data-whole]')) return showWhole(part, fresh);
  if (!part.matches('[role=log]')) return showQueue(part, fresh, asked);
  showMessages(part, fresh);
  return true;
}

// Only what is new is added, so that a screen reader says each message once.
function showMessages(part, fresh) {
  const list = part.querySelector('.messages');
  const atEnd = list.getBoundingClientRect().bottom <= innerHeight + 80;
  const known = new Map([...list.children].map((node) => [key(node), node]));
  let last = null;
  for (const node of [...fresh.querySelectorAll('.messages > li')]) {
    const shown = known.get(key(node));
    if (!shown) {
      if (last) last.after(node);
      else list.prepend(node);
      last = node;
    } else {
      if (shown.outerHTML !== node.outerHTML) change(shown, node);
      last = shown;
    }
  }
  const upTo = fresh.querySelector('[data-up-to]');
  const mark = part.querySelector('[data-up-to]');
  if (upTo && mark) mark.dataset.upTo = upTo.dataset.upTo;
  for (const field of document.querySelectorAll('[data-seen]')) {
    if (upTo) field.value = upTo.dataset.upTo;
  }
  if (atEnd && last) last.scrollIntoView({ block: 'nearest' });
}

const key = (node) => node.dataset.message || node.id;

function change(shown, node) {
  shown.id = node.id;
  shown.className = node.className;
  const [before, after] = [shown.querySelector('.meta'), node.querySelector('.meta')];
  if (before && after && before.innerHTML !== after.innerHTML) before.replaceWith(after);
}

// Parts of a page that come with what is live, and stand somewhere else on it.
import { showWhole } from './whole.js';

const sent = new Map(); // by name: as the server sent it, without marks of ours

for (const part of document.querySelectorAll('[data-part]')) {
  sent.set(part.dataset.part, part.innerHTML.trim());
}

// Takes them out of what was sent, and shows those that have changed.
export function showParts(fresh) {
  for (const node of fresh.querySelectorAll('[data-part]')) {
    node.remove();
    const name = node.dataset.part;
    const words = node.innerHTML.trim();
    const part = document.querySelector(`[data-part="${CSS.escape(name)}"]`);
    if (!part || sent.get(name) === words) continue;
    sent.set(name, words);
    showWhole(part, node);
  }
}

export function clearParts() {
  for (const part of document.querySelectorAll('[data-part]')) part.replaceChildren();
}

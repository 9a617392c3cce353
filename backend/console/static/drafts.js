// What somebody has begun to write outlives a reload, a refusal and the end of a session: it stays
// in this window, for her alone, until it is sent or she signs out.
const PREFIX = 'ingang-draft';
const staff = document.body.dataset.staff ?? '';
const place = location.pathname.split('/').slice(0, 4).join('/');

const nameOf = (field) => `${PREFIX} ${staff} ${place} ${field.dataset.draft}`;
const leftName = `${PREFIX} ${staff} left`;
const sentName = `${PREFIX} ${staff} ${place} sent`;

export function keepDrafts() {
  if (!staff) return;
  forgetOthers();
  forgetSent();
  forgetLeft();
  bringBack();
  addEventListener('input', (event) => { if (event.target.dataset?.draft) keep(event.target); });
  addEventListener('submit', (event) => {
    if (event.target.matches('[data-sign-out]')) forgetAll();
    else leave(event.target);
  });
}

// Into fields that are empty: those of this page, or those that have just been drawn.
export function bringBack() {
  for (const field of document.querySelectorAll('[data-draft]')) {
    const kept = sessionStorage.getItem(nameOf(field));
    if (kept && !field.value) {
      field.value = kept;
      field.dispatchEvent(new Event('drafted', { bubbles: true }));
    }
  }
}

// A note goes with a form that ends in the queue: there we know that it has arrived.
function leave(form) {
  const fields = [...form.querySelectorAll('[data-draft]')].map(nameOf);
  if (fields.length) sessionStorage.setItem(leftName, JSON.stringify(fields));
}

function forgetLeft() {
  const fields = JSON.parse(sessionStorage.getItem(leftName) ?? '[]');
  if (location.pathname === '/console') fields.forEach((name) => sessionStorage.removeItem(name));
  sessionStorage.removeItem(leftName);
}

export function keep(field) {
  if (field.value) sessionStorage.setItem(nameOf(field), field.value);
  else sessionStorage.removeItem(nameOf(field));
}

// A form is on its way: when its message is there the next time we look, the draft is done.
export function expectSent(field, key) {
  keep(field);
  sessionStorage.setItem(sentName, JSON.stringify({ key, field: nameOf(field) }));
}

export function forgetDraft(field) {
  sessionStorage.removeItem(nameOf(field));
  sessionStorage.removeItem(sentName);
}

function forgetSent() {
  const { key, field } = JSON.parse(sessionStorage.getItem(sentName) ?? '{}');
  if (!key || !document.querySelector(`[data-key="${CSS.escape(key)}"]`)) return;
  sessionStorage.removeItem(field);
  sessionStorage.removeItem(sentName);
}

// Somebody else has signed in here: what the one before has written is not hers to read.
function forgetOthers() {
  for (const name of names()) {
    if (!name.startsWith(`${PREFIX} ${staff} `)) sessionStorage.removeItem(name);
  }
}

function forgetAll() {
  for (const name of names()) sessionStorage.removeItem(name);
}

const names = () => Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));

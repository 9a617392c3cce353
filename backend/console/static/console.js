// Keeps open pages true, fills in previews, sends what is done in the queue, and lets the keyboard
// work it. Every page works without it.
import { act, isOfQueue } from './acting.js';
import { keepDesk } from './desk.js';
import { keepDrafts } from './drafts.js';
import { listen } from './keys.js';
import { follow } from './live.js';
import { fillIn } from './preview.js';
import { findAmong } from './ready.js';
import { comeBack, leaveMark } from './rows.js';
import { take } from './taking.js';
import { write } from './writing.js';

document.documentElement.classList.add('js');

// A form is sent once, however often its button is pressed.
addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  if (form.dataset.sent) {
    event.preventDefault();
  } else if (form.matches('[data-talk]')) {
    event.preventDefault();
    take(form, event.submitter);
  } else if (isOfQueue(form)) {
    event.preventDefault();
    act(form, event.submitter);
  } else {
    form.dataset.sent = 'yes';
    leaveMark(form);
  }
});
addEventListener('pageshow', () => {
  document.querySelectorAll('form[data-sent]').forEach((form) => { delete form.dataset.sent; });
});

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}
keepDrafts();
write(document.querySelector('[data-write]'));
keepDesk();
document.querySelectorAll('[data-live]').forEach(follow);
fillIn(document.querySelector('[data-preview]'));
findAmong(document.querySelector('[data-ready]'));
listen();
comeBack();

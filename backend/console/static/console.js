// Keeps open pages true, fills in previews, sends what is done in the queue, and lets the keyboard
// work it. Every page works without it.
import { act, isOfQueue } from './acting.js';
import { listen } from './keys.js';
import { follow } from './live.js';
import { fillIn } from './preview.js';
import { comeBack, leaveMark } from './rows.js';

document.documentElement.classList.add('js');

// A form is sent once, however often its button is pressed.
addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  if (form.dataset.sent) {
    event.preventDefault();
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
document.querySelectorAll('[data-live]').forEach(follow);
fillIn(document.querySelector('[data-preview]'));
listen();
comeBack();

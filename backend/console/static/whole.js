// A part that is drawn again as a whole: what is open stays open, and the keyboard where it was.
import { controls, current } from './rows.js';

const newest = new WeakMap(); // by form that somebody fills in: what is to be shown after it
let pressed = false; // a press that has begun ends on what it began on

addEventListener('pointerdown', () => { pressed = true; }, { capture: true, passive: true });
for (const kind of ['pointerup', 'pointercancel']) {
  addEventListener(kind, () => { pressed = false; }, { capture: true, passive: true });
}

// Whether everything that was sent is shown, or will be as soon as nobody is busy with it.
export function showWhole(part, fresh) {
  const form = part.contains(document.activeElement)
    && document.activeElement.closest('details[open]:has(form)');
  if (form) waitFor(form, part, fresh);
  else whenStill(() => draw(part, fresh));
  return true;
}

function waitFor(form, part, fresh) {
  const isWaiting = newest.has(form);
  newest.set(form, fresh);
  if (isWaiting) return;
  const left = (event) => {
    if (form.contains(event.relatedTarget)) return;
    form.removeEventListener('focusout', left);
    setTimeout(() => whenStill(() => showWhole(part, newest.get(form))));
  };
  form.addEventListener('focusout', left);
}

function whenStill(then) {
  if (!pressed) then();
  else addEventListener('pointerup', () => setTimeout(then), { once: true });
}

function draw(part, fresh) {
  const row = current();
  const name = row && part.contains(row) ? row.dataset.row : null;
  const place = name ? controls(row).indexOf(document.activeElement) : -1;
  const open = [...part.querySelectorAll('details[open]')].map((node) => node.id);
  part.replaceChildren(...fresh.childNodes);
  for (const id of open) document.getElementById(id)?.setAttribute('open', '');
  const again = name && part.querySelector(`[data-row="${CSS.escape(name)}"]`);
  if (again) (controls(again)[place] ?? controls(again)[0])?.focus({ preventScroll: true });
}

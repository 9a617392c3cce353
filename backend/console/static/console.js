// Keeps open pages true, fills in previews, and lets the keyboard work the queue and the week.
// Every page works without it.
(() => {
  'use strict';

  const WAIT_S = 20;
  const RETRY_MS = 5000;
  const PREVIEW_MS = 250;
  const SHORTCUTS = 'ingang-shortcuts';
  const root = document.documentElement;
  root.classList.add('js');

  // --- Parts of the page that change by themselves -------------------------------------------

  let active = false; // something was done by hand since we last asked
  for (const kind of ['input', 'pointerdown', 'keydown']) {
    addEventListener(kind, () => { active = true; }, { passive: true });
  }

  async function follow(part) {
    for (;;) {
      try {
        const asked = new URLSearchParams({ after: part.dataset.mark, wait: WAIT_S, active });
        active = false;
        const response = await fetch(`${part.dataset.live}?${asked}`, { redirect: 'manual' });
        if (response.status === 401 || response.status === 403) {
          signedOut(part);
          return;
        }
        if (response.status === 200) {
          const html = await response.text();
          show(part, html);
          part.dataset.mark = response.headers.get('X-Mark');
        } else if (response.status !== 204) {
          await pause(RETRY_MS);
        }
      } catch {
        await pause(RETRY_MS);
      }
      if (document.hidden) await seen();
    }
  }

  const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
  const seen = () => new Promise((resolve) => {
    document.addEventListener('visibilitychange', resolve, { once: true });
  });

  function signedOut(part) {
    part.replaceChildren(); // nothing of anybody's is left on a screen nobody is signed in to
    document.getElementById('ended').hidden = false;
  }

  function show(part, html) {
    const fresh = new DOMParser().parseFromString(html, 'text/html').body;
    if (part.matches('[role=log]')) showMessages(part, fresh);
    else showQueue(part, fresh);
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
    const field = document.querySelector('[data-seen]');
    if (upTo && field) field.value = upTo.dataset.upTo;
    if (atEnd && last) last.scrollIntoView({ block: 'nearest' });
  }

  const key = (node) => node.dataset.message || node.id;

  function change(shown, node) {
    shown.id = node.id;
    shown.className = node.className;
    const [before, after] = [shown.querySelector('.meta'), node.querySelector('.meta')];
    if (before && after && before.innerHTML !== after.innerHTML) before.replaceWith(after);
  }

  function showQueue(part, fresh) {
    const held = document.activeElement && document.activeElement.closest('[data-row]');
    const within = held ? [...held.querySelectorAll('a, button')] : [];
    const place = within.indexOf(document.activeElement);
    const open = part.querySelector('#lately')?.open;
    const before = part.querySelector('[data-summary]').textContent;
    part.replaceChildren(...fresh.childNodes);
    const lately = part.querySelector('#lately');
    if (lately && open) lately.open = true;
    const after = part.querySelector('[data-summary]').textContent;
    if (after !== before) document.getElementById('news').textContent = after;
    if (held) {
      const row = part.querySelector(`[data-row="${CSS.escape(held.dataset.row)}"]`);
      (row || part).querySelectorAll('a, button')[row ? place : 0]?.focus();
    }
  }

  document.querySelectorAll('[data-live]').forEach(follow);

  // --- The preview of a prepared message -----------------------------------------------------

  const blanks = document.querySelector('[data-preview]');
  if (blanks) {
    let timer = 0;
    let asked = 0;
    blanks.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(preview, PREVIEW_MS);
    });
    const preview = async () => {
      asked += 1;
      const mine = asked;
      try {
        const query = new URLSearchParams(new FormData(blanks));
        const response = await fetch(`${blanks.getAttribute('action')}?${query}`);
        const page = new DOMParser().parseFromString(await response.text(), 'text/html');
        const fresh = page.getElementById('preview');
        if (fresh && mine === asked) {
          document.getElementById('preview').replaceChildren(...fresh.childNodes);
        }
      } catch {
        blanks.submit(); // without a preview from here, the page itself shows it
      }
    };
  }

  // --- The keyboard ---------------------------------------------------------------------------

  const help = document.getElementById('help');
  if (help) {
    const opener = document.getElementById('help-open');
    const wanted = document.getElementById('shortcuts');
    opener.hidden = false;
    opener.addEventListener('click', () => help.showModal());
    wanted.checked = localStorage.getItem(SHORTCUTS) !== 'off';
    wanted.addEventListener('change', () => {
      localStorage.setItem(SHORTCUTS, wanted.checked ? 'on' : 'off');
    });
    addEventListener('keydown', (event) => {
      const typing = event.target.closest('input:not([type=checkbox], [type=radio]), textarea, select, dialog');
      if (typing || !wanted.checked || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === '?') help.showModal();
      else if (event.key === 'j') move(1);
      else if (event.key === 'k') move(-1);
      else return;
      event.preventDefault();
    });
  }

  // Enter opens what has focus: it is a link.
  function move(by) {
    const rows = [...document.querySelectorAll('.queue > li, .agenda .meeting')];
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by;
    const row = rows[Math.max(0, Math.min(rows.length - 1, next))];
    row.querySelector('.open, button')?.focus();
  }

  // A form is sent once, however often its button is pressed.
  addEventListener('submit', (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    else if (event.target.method === 'post') event.target.dataset.sent = 'yes';
  });
  addEventListener('pageshow', () => {
    document.querySelectorAll('form[data-sent]').forEach((form) => { delete form.dataset.sent; });
  });
})();

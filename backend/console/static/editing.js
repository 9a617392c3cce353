// What is written in a form stays in this tab until it is saved, also when the session ends; and
// what people will see of it is shown beside it.
const PREVIEW_MS = 400;
const form = document.querySelector('form[data-keep]');
const NOT_KEPT = new Set(['csrf', 'seen', 'do', 'question', 'shown']);
const SENT = 'draft-sent'; // which draft was sent last: it is forgotten once it is saved

function written() {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (NOT_KEPT.has(name) || typeof value !== 'string') continue;
    (fields[name] ??= []).push(value);
  }
  return fields;
}

function put(fields) {
  for (const [name, values] of Object.entries(fields)) {
    const found = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    found.forEach((field, index) => {
      if (field.type === 'checkbox') field.checked = values.includes(field.value);
      else if (values[index] !== undefined) field.value = values[index];
    });
  }
}

function keepIn(storage) {
  const key = `draft:${form.dataset.keep}`;
  const note = document.getElementById('kept');
  const asShown = written();
  if ('saved' in form.dataset) {
    storage.removeItem(key);
    storage.removeItem(storage.getItem(SENT));
  }
  const kept = storage.getItem(key);
  if (kept && kept !== JSON.stringify(asShown)) {
    put(JSON.parse(kept));
    if (note) note.hidden = false;
  }
  form.addEventListener('input', () => storage.setItem(key, JSON.stringify(written())));
  form.addEventListener('submit', () => storage.setItem(SENT, key));
  note?.querySelector('[data-forget]').addEventListener('click', () => {
    storage.removeItem(key);
    put(asShown);
    note.hidden = true;
    form.dispatchEvent(new Event('input'));
    storage.removeItem(key);
  });
}

function showBeside(preview) {
  let timer = 0;
  let asked = 0;
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(look, PREVIEW_MS);
  });

  async function look() {
    asked += 1;
    const mine = asked;
    const sent = new FormData(form);
    sent.set('do', 'preview');
    try {
      const response = await fetch(form.action, { method: 'POST', body: sent, redirect: 'manual' });
      if (!response.ok || mine !== asked) return;
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const fresh = page.getElementById('preview');
      if (fresh) preview.replaceChildren(...fresh.childNodes);
    } catch {
      // the preview stays as it was; what is written is kept
    }
  }
}

if (form) {
  try {
    keepIn(sessionStorage);
  } catch {
    // a browser that keeps nothing
  }
  const preview = document.getElementById('preview');
  if (preview && form.querySelector('[value=preview]')) showBeside(preview);
}

// That a page is open, and who waits for an answer: in the title, and aloud for who wants it so.
// One window of a browser asks; the others read what it has heard.
const WAIT_S = 20;
const RETRY_MS = 5000;
const HEARD = 'ingang-calls';
const TOLD = 'ingang-told';
const SOUND = 'ingang-sound';
const NOTICE = 'ingang-notice';
const REMEMBERED = 50;

const title = document.title;
const isOn = (name) => localStorage.getItem(name) === 'on';
let sounds = null; // made by a press: browsers play nothing before

export function keepDesk() {
  offerAlerts(document.querySelector('[data-alerts]'));
  const path = document.body.dataset.desk;
  if (!path) {
    localStorage.removeItem(HEARD);
    return;
  }
  addEventListener('storage', (event) => { if (event.key === HEARD) show(heard()); });
  addEventListener('pointerdown', () => { if (isOn(SOUND)) wake(); }, { passive: true });
  show(heard());
  if (navigator.locks) navigator.locks.request('ingang-desk', () => ask(path));
  else ask(path);
}

async function ask(path) {
  let mark = '';
  for (;;) {
    const asked = performance.now();
    try {
      const response = await fetch(`${path}?${new URLSearchParams({ after: mark, wait: WAIT_S })}`, {
        redirect: 'manual',
      });
      if (response.status === 401 || response.status === 403) {
        over();
        return;
      }
      if (response.status === 200) {
        mark = response.headers.get('X-Mark');
        hear(await response.json());
      } else if (response.status !== 204 || performance.now() - asked < 100) {
        await pause();
      }
    } catch {
      await pause();
    }
  }
}

const pause = () => new Promise((resolve) => { setTimeout(resolve, RETRY_MS); });

function heard() {
  return JSON.parse(localStorage.getItem(HEARD) ?? '[]');
}

function hear(calls) {
  localStorage.setItem(HEARD, JSON.stringify(calls));
  show(calls);
  const told = JSON.parse(localStorage.getItem(TOLD) ?? '[]');
  const fresh = calls.filter((call) => !told.includes(call.id));
  if (!fresh.length) return;
  const all = [...fresh.map((call) => call.id), ...told].slice(0, REMEMBERED);
  localStorage.setItem(TOLD, JSON.stringify(all));
  if (isOn(SOUND)) ring();
  if (isOn(NOTICE)) for (const call of fresh) notify(call);
}

function show(calls) {
  document.title = calls.length ? `(${calls.length}) ${title}` : title;
  const badge = document.querySelector('[data-calls]');
  badge.hidden = !calls.length;
  badge.textContent = calls.length;
  badge.title = calls.map((call) => call.words).join('\n');
}

function over() {
  localStorage.removeItem(HEARD);
  show([]);
  const link = document.querySelector('#ended a');
  link.search = `?onward=${encodeURIComponent(location.pathname)}`;
  document.getElementById('ended').hidden = false;
}

// Two short tones, made here.
function ring() {
  wake();
  [660, 880].forEach((tone, number) => {
    const [from, until] = [sounds.currentTime + number / 5, sounds.currentTime + number / 5 + 0.18];
    const [wave, volume] = [sounds.createOscillator(), sounds.createGain()];
    wave.frequency.value = tone;
    volume.gain.setValueAtTime(0.12, from);
    volume.gain.exponentialRampToValueAtTime(0.001, until);
    wave.connect(volume).connect(sounds.destination);
    wave.start(from);
    wave.stop(until);
  });
}

function wake() {
  sounds ??= new AudioContext();
  if (sounds.state === 'suspended') sounds.resume().catch(() => {});
}

function notify(call) {
  if (window.Notification?.permission !== 'granted') return;
  try {
    const notice = new Notification(call.words, { tag: call.id });
    notice.addEventListener('click', () => { window.focus(); location.assign('/console'); });
  } catch {
    // phones show notices in other ways; the sound and the title are left
  }
}

// The switches of this browser; what it cannot do is not offered.
function offerAlerts(part) {
  if (!part) return;
  part.hidden = false;
  const [sound, notice] = ['sound', 'notice'].map((name) => part.querySelector(`[data-alert=${name}]`));
  sound.checked = isOn(SOUND);
  sound.addEventListener('change', () => {
    localStorage.setItem(SOUND, sound.checked ? 'on' : 'off');
    if (sound.checked) ring();
  });
  if (!window.Notification) {
    notice.closest('label').hidden = true;
    return;
  }
  notice.checked = isOn(NOTICE) && Notification.permission === 'granted';
  notice.addEventListener('change', async () => {
    const allowed = !notice.checked || (await Notification.requestPermission()) === 'granted';
    notice.checked &&= allowed;
    part.querySelector('[data-refused]').hidden = allowed;
    localStorage.setItem(NOTICE, notice.checked ? 'on' : 'off');
  });
}

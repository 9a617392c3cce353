/*
 * Photos and recordings in the chat: made, looked at or heard, sent, and shown. widget.js fetches
 * this with the first of them, so that a page without any does not pay for it.
 */
const LONGEST_RECORDING = 295; // seconds; the server takes five minutes
const LARGEST_SIDE = 2000; // pixels of a photo: a letter can be read, and a phone card can pay
const SLOW = 90; // seconds for a file on a slow line

const length = (seconds) => (
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`);

// A file waits with the unsent words, so it is kept as they are: as text.
const asText = (blob) => new Promise((done) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result.split(',')[1]);
  reader.readAsDataURL(blob);
});

// Phones take photos of several megabytes; what can be read does not need them.
async function smaller(file) {
  try {
    const photo = await createImageBitmap(file);
    const scale = Math.min(1, LARGEST_SIDE / Math.max(photo.width, photo.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(photo.width * scale);
    canvas.height = Math.round(photo.height * scale);
    canvas.getContext('2d').drawImage(photo, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((done) => { canvas.toBlob(done, 'image/jpeg', 0.85); });
    return made && made.size < file.size ? made : file;
  } catch {
    return file; // the server says what it thinks of it
  }
}

export class Files {
  constructor(chat, el, icon) {
    Object.assign(this, { chat, el, icon });
  }

  // ---- before it is sent: seen or heard first, then sent or thrown away

  async photo(file) {
    this.offer('photo', await smaller(file), 0);
  }

  async record() {
    if (this.asking) return;
    this.asking = true;
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      this.chat.tell('deaf');
      return;
    } finally {
      this.asking = false;
    }
    const recorder = new MediaRecorder(stream, { audioBitsPerSecond: 32000 });
    const parts = [];
    const began = performance.now();
    let seconds = 0;
    let wanted = true;
    const clock = this.el('b', { dir: 'ltr' }, length(0));
    const stop = () => { if (recorder.state !== 'inactive') recorder.stop(); };
    const timer = setInterval(() => {
      seconds = (performance.now() - began) / 1000;
      clock.textContent = length(seconds);
      if (seconds >= LONGEST_RECORDING) stop();
    }, 200);
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => {
      clearInterval(timer);
      stream.getTracks().forEach((track) => track.stop());
      const sound = new Blob(parts, { type: recorder.mimeType });
      if (wanted && sound.size) this.offer('voice', sound, Math.max(1, Math.round(seconds)));
      else this.close();
    };
    recorder.start(1000);
    this.open(this.el('span', { class: 'red' }), this.chat.t('recording'), clock,
      this.button('done', 'check', stop, 'go'),
      this.button('drop', 'close', () => {
        wanted = false;
        stop();
      }));
  }

  offer(kind, blob, seconds) {
    const send = async () => {
      const data = await asText(blob);
      if (this.chat.draft.hidden) return; // the second of two quick taps
      this.close();
      this.chat.post({ type: 'file', kind, seconds, media: blob.type, data });
    };
    const seen = kind === 'photo'
      ? this.picture(blob)
      : this.player(async () => blob, seconds, this.chat.draft);
    this.open(this.el('p', {}, this.chat.t('only')), seen,
      this.button('send', 'send', send, 'go'),
      this.button('drop', 'close', () => this.close()));
  }

  // In place of where one writes.
  open(...parts) {
    const { draft, tools } = this.chat;
    this.from = this.from || draft.getRootNode().activeElement;
    draft.replaceChildren(...parts);
    draft.hidden = false;
    tools.hidden = true;
    this.chat.tell(null);
    draft.querySelector('.go').focus();
  }

  close() {
    const { draft, tools } = this.chat;
    draft.hidden = true;
    draft.replaceChildren();
    tools.hidden = false;
    if (this.sound) this.sound.pause();
    if (this.from) this.from.focus();
    this.from = null;
  }

  button(key, name, onclick, kind = '') {
    return this.el('button', { type: 'button', class: kind, onclick }, this.icon(name),
      this.chat.t(key));
  }

  // ---- what was sent

  // A picture is fetched when it comes into sight, a recording when she wants to hear it: her
  // data are not ours to spend.
  show(box, { id, client_id: own, file }) {
    let kept = this.chat.files.get(own);
    const get = async () => {
      const path = `chat/files/${id}`;
      kept = kept || await this.chat.wire.call(path, null, { as: 'blob', seconds: SLOW });
      return kept;
    };
    if (file.kind !== 'photo') {
      box.append(this.player(get, file.seconds, box));
      return;
    }
    new IntersectionObserver(([{ isIntersecting }], watch) => {
      if (!isIntersecting) return;
      watch.disconnect();
      this.fetched(box, async () => box.append(this.picture(await get())));
    }).observe(box);
  }

  // Why it could not be had is said where it would be.
  async fetched(box, get) {
    const before = box.querySelector('.lost');
    if (before) before.remove();
    try {
      await get();
    } catch (error) {
      box.append(this.el('p', { class: 'lost', dir: 'auto' },
        error.message && error.status ? error.message : this.chat.t('lost')));
    }
  }

  picture(blob) {
    const image = this.el('img', { alt: this.chat.words.image });
    image.onerror = () => image.replaceWith(this.link(blob));
    image.src = URL.createObjectURL(blob);
    return image;
  }

  // The page around us may forbid its browser to show what we have fetched; a link always works.
  link(blob) {
    return this.chat.inOurWords(this.el('a', { href: URL.createObjectURL(blob), download: '' },
      this.chat.t('file')));
  }

  // Our own button to hear a recording: the browser's speaks the browser's language.
  player(get, seconds, box) {
    const clock = this.el('span', { dir: 'ltr' }, length(seconds));
    const button = this.chat.inOurWords(
      this.el('button', { class: 'flip play', type: 'button' }));
    let sound = null;
    const draw = () => {
      const key = sound && !sound.paused ? 'pause' : 'play';
      button.replaceChildren(this.icon(key), this.chat.t(key), clock);
    };
    const load = async () => {
      const blob = await get();
      sound = new Audio(URL.createObjectURL(blob));
      sound.onplay = draw;
      sound.onpause = draw;
      sound.ontimeupdate = () => { clock.textContent = length(sound.currentTime); };
      sound.onended = () => { clock.textContent = length(seconds); };
      sound.onerror = () => button.replaceWith(this.link(blob));
    };
    button.onclick = () => this.fetched(box, async () => {
      if (sound && !sound.paused) {
        sound.pause();
        return;
      }
      if (!sound) await load();
      if (this.sound) this.sound.pause();
      this.sound = sound;
      // Where fetching took too long to still be her tap, the next tap plays it.
      await sound.play().catch(() => {});
    });
    draw();
    return button;
  }
}

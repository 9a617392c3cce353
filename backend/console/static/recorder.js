// A microphone beside a field for a sound file: what is said becomes the file, and the form is sent
// as it is. Without a microphone, or without this script, a file is chosen instead.
//
// <form data-recorder data-start="Record" data-stop="Stop" data-listen="Listen"
//       data-denied="The microphone cannot be used."> … <input type="file" name="voice"> … </form>
const LONGEST_MS = 5 * 60 * 1000;
const KINDS = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];

function element(name, props, ...children) {
  const made = Object.assign(document.createElement(name), props);
  made.append(...children);
  return made;
}

function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function offerRecording(form) {
  const file = form?.querySelector('input[type=file]');
  if (!file || !navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return;
  const words = form.dataset;
  const record = element('button', { type: 'button', textContent: words.start });
  const listen = element('button', { type: 'button', textContent: words.listen, hidden: true });
  const time = element('span', { className: 'number' });
  const said = element('p', { className: 'wrong' });
  said.setAttribute('role', 'alert');
  file.before(element('p', { className: 'actions' }, record, listen, time), said);

  let recorder = null;
  let made = null;
  let began = 0;
  let ticking = 0;

  record.addEventListener('click', () => (recorder ? recorder.stop() : start()));
  listen.addEventListener('click', play);
  file.addEventListener('change', () => { listen.hidden = true; });
  addEventListener('pagehide', () => recorder?.stop());

  async function start() {
    said.textContent = '';
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      said.textContent = words.denied;
      return;
    }
    const kind = KINDS.find((each) => MediaRecorder.isTypeSupported(each));
    const parts = [];
    recorder = new MediaRecorder(stream, kind ? { mimeType: kind } : {});
    recorder.addEventListener('dataavailable', (event) => parts.push(event.data));
    recorder.addEventListener('stop', () => {
      for (const track of stream.getTracks()) track.stop();
      clearInterval(ticking);
      made = new Blob(parts, { type: recorder.mimeType });
      recorder = null;
      record.textContent = words.start;
      take();
    });
    recorder.start();
    began = performance.now();
    record.textContent = words.stop;
    listen.hidden = true;
    ticking = setInterval(tick, 250);
  }

  function tick() {
    const passed = performance.now() - began;
    time.textContent = clock(passed);
    if (passed > LONGEST_MS) recorder?.stop();
  }

  // The field holds it as if it had been chosen, so that the form is sent like any other.
  function take() {
    const name = made.type.includes('mp4') ? 'voice.m4a' : 'voice.webm';
    const chosen = new DataTransfer();
    chosen.items.add(new File([made], name, { type: made.type }));
    file.files = chosen.files;
    listen.hidden = false;
    form.dispatchEvent(new Event('recorded'));
  }

  // Decoded here: a page of ours plays nothing from an address that is not the server's.
  async function play() {
    const context = new AudioContext();
    const source = context.createBufferSource();
    source.buffer = await context.decodeAudioData(await made.arrayBuffer());
    source.connect(context.destination);
    source.addEventListener('ended', () => context.close());
    source.start();
  }
}

document.querySelectorAll('form[data-recorder]').forEach(offerRecording);

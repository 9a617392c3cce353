/*
 * The chat of Ingång on any web page, by one tag:
 *   <script src="https://host/widget.js" data-lang="ar" data-unit="kista" defer></script>
 * It adds <ingang-chat>: a button in the corner that opens the chat. A page that already holds
 * <ingang-chat inline> gets the chat in that place instead. An element on the page with
 * data-ingang-say="/privacy" says those words in the chat when it is clicked.
 *
 * Four parts: what is stored, how we talk to the server, how it looks, what is on the screen.
 * What comes from the server is only ever text: nothing here parses HTML.
 */
(() => {
  'use strict';
  if (customElements.get('ingang-chat')) return;

  const script = document.currentScript;
  const server = new URL('.', script.src);
  const NEUTRAL_PAGE = 'https://www.smhi.se/';
  const SWEDISH = 'sv';
  const LONGEST = 4000; // letters in one message

  const pause = (seconds) => new Promise((done) => { setTimeout(done, seconds * 1000); });

  // crypto.randomUUID is missing on pages without https
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }

  // A file waits with the unsent words, so it is kept as they are: as text.
  const asFile = ({ data, media }) => (
    new Blob([Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0))], { type: media }));

  // ---- what is stored -------------------------------------------------------------------------

  const PREFIX = 'ingang.';

  // Browsers may forbid storage; then the chat lasts as long as the page.
  function area(name) {
    try {
      window[name].setItem(`${PREFIX}try`, '');
      window[name].removeItem(`${PREFIX}try`);
      return window[name];
    } catch {
      return Object.create({
        getItem(key) { return key in this ? this[key] : null; },
        setItem(key, value) { this[key] = value; },
        removeItem(key) { delete this[key]; },
      });
    }
  }

  // Token, language and unsent messages. On a shared phone they die with the tab.
  class Store {
    constructor() {
      this.kept = area('localStorage');
      this.brief = area('sessionStorage');
      if (this.shared && !cameFromThisSite()) this.forget();
    }

    get shared() { return this.brief.getItem(`${PREFIX}shared`) !== null; }

    get area() { return this.shared ? this.brief : this.kept; }

    get(key) { return this.area.getItem(PREFIX + key); }

    set(key, value) {
      try {
        this.area.setItem(PREFIX + key, value);
        return true;
      } catch {
        return false; // full: it stays in memory
      }
    }

    drop(key) { this.area.removeItem(PREFIX + key); }

    share(on) {
      const from = this.area;
      const moved = keysOf(from).map((key) => [key, from.getItem(key)]);
      this.forget();
      if (on) this.brief.setItem(`${PREFIX}shared`, '1');
      for (const [key, value] of moved) {
        if (key !== `${PREFIX}shared`) this.area.setItem(key, value);
      }
    }

    forget() {
      for (const each of [this.kept, this.brief]) {
        for (const key of keysOf(each)) each.removeItem(key);
      }
    }

    // One key per unsent message, so that two tabs never overwrite each other's.
    get outbox() {
      return keysOf(this.area)
        .filter((key) => key.startsWith(`${PREFIX}out.`))
        .map((key) => JSON.parse(this.area.getItem(key)))
        .sort((one, other) => one.at - other.at);
    }
  }

  const keysOf = (where) => Object.keys(where).filter((key) => key.startsWith(PREFIX));

  function cameFromThisSite() {
    const [visit] = performance.getEntriesByType('navigation');
    if (!visit || visit.type === 'reload') return true;
    return visit.type === 'navigate' && document.referrer.startsWith(`${location.origin}/`);
  }

  // ---- how we talk to the server --------------------------------------------------------------

  class Problem extends Error {
    constructor(status, detail, after) {
      super(detail);
      this.status = status;
      this.after = after;
    }
  }

  const MOST_SECONDS = 30;
  const QUIET_SECONDS = 60;
  const SETTLED_SECONDS = 5;
  const SOCKET_TRIES = 2;
  const TYPING_SECONDS = 4;

  // Sends what waits and reads what is new. `view` is told; nothing here touches the page.
  class Wire {
    constructor(store, view, settings) {
      this.store = store;
      this.view = view;
      this.settings = settings;
      this.cursor = 0; // holds for the messages on the screen, so it is never stored
      this.failures = 0;
      this.socketFailures = 0;
      this.outbox = store.outbox;
      this.last = 0;
      const wake = () => {
        if (!this.awake || document.hidden) return;
        this.failures = this.socketFailures = 0;
        this.sync();
      };
      addEventListener('online', wake);
      addEventListener('pageshow', (event) => { if (event.persisted) wake(); });
      document.addEventListener('visibilitychange', wake);
      addEventListener('pagehide', () => this.hangUp());
    }

    send(event) {
      this.last = Math.max(this.last + 1, Date.now());
      const entry = { id: uuid(), at: this.last, event };
      this.outbox.push(entry);
      // Of a file that has no room, its place is kept: she is told when it is lost.
      if (!this.store.set(`out.${entry.id}`, JSON.stringify(entry)) && event.data) {
        this.store.set(`out.${entry.id}`, JSON.stringify({ ...entry, event: { type: 'lost' } }));
      }
      this.start();
      return entry;
    }

    start() {
      this.awake = true;
      this.sync();
    }

    stop() {
      this.awake = false;
      clearTimeout(this.timer);
      this.hangUp();
    }

    // One run at a time: messages leave in the order they were written.
    async sync() {
      this.again = true;
      if (this.running) return;
      this.running = true;
      clearTimeout(this.timer);
      let trouble = null;
      try {
        while (this.again && this.awake) {
          this.again = false;
          await this.round();
        }
        this.failures = 0;
      } catch (error) {
        trouble = error;
      }
      this.running = false;
      if (!this.awake) return;
      if (trouble) {
        this.failed(trouble);
      } else {
        this.view.trouble(null);
        this.listen();
      }
    }

    async round() {
      if (!this.token) await this.begin();
      let complete = false;
      while (this.outbox.length) complete = await this.deliver(this.outbox[0]);
      if (!complete) await this.read();
    }

    // The id is kept until the answer is here: a lost answer must not begin two chats.
    async begin() {
      this.token = this.store.get('token');
      if (this.token) return;
      const id = this.store.get('begun') || uuid();
      this.store.set('begun', id);
      const begun = await this.call('chat/session', {
        language: this.settings.language || navigator.language || null,
        client_id: id,
        unit: this.settings.unit || null,
      });
      this.token = begun.token;
      this.store.set('token', begun.token);
      this.store.drop('begun');
      this.take(begun);
    }

    async deliver(entry) {
      const { id, event } = entry;
      const after = `?after=${this.cursor}`;
      try {
        const feed = event.type === 'file'
          ? await this.call(`chat/files${after}`, asFile(event), { seconds: 180, id })
          : await this.call(`chat/messages${after}`, { client_id: id, event });
        this.take(feed);
        this.done(id);
        this.view.sent(entry);
        return !feed.more;
      } catch (error) {
        if (!(error.status >= 400 && error.status < 500)) throw error;
        const later = error.status === 429 && (event.type !== 'file' || error.after);
        if (later || [401, 408, 425].includes(error.status)) throw error;
        this.refuse(entry, error.message);
        return false;
      }
    }

    refuse(entry, why) {
      this.done(entry.id);
      this.view.refused(entry, why);
    }

    done(id) {
      this.outbox = this.outbox.filter((entry) => entry.id !== id);
      this.store.drop(`out.${id}`);
    }

    async read() {
      const past = this.cursor === 0;
      let feed;
      do {
        feed = await this.call(`chat/messages?after=${this.cursor}`);
        this.take(feed, past);
      } while (feed.more);
    }

    take(feed, past = false) {
      this.view.show(feed, past);
      // An answer that was overtaken knows no longer who speaks with her.
      if (feed.up_to >= this.cursor) this.view.stand(feed.talk);
      this.cursor = Math.max(this.cursor, feed.up_to);
    }

    // She is writing: nobody needs to know for sure.
    typed() {
      if (Date.now() - (this.toldTyping || 0) < TYPING_SECONDS * 1000) return;
      this.toldTyping = Date.now();
      this.call('chat/typing', {}, { as: 'text' }).catch(() => {});
    }

    // `as`: how the answer is read; `id` goes with a file, whose body has no room for it.
    async call(path, body, { seconds = 20, as = 'json', id } = {}) {
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), seconds * 1000);
      const headers = {};
      const file = body instanceof Blob;
      if (body) headers['Content-Type'] = file ? body.type : 'application/json';
      if (id) headers['X-Client-Id'] = id;
      if (this.token) headers.Authorization = `Bearer ${this.token}`;
      try {
        const answer = await fetch(new URL(path, server), {
          method: body ? 'POST' : 'GET',
          headers,
          body: body && (file ? body : JSON.stringify(body)),
          signal: abort.signal,
          cache: 'no-store',
          credentials: 'omit',
        });
        if (answer.ok) return await answer[as]();
        const problem = await answer.json().catch(() => ({}));
        const after = Number(answer.headers.get('Retry-After'));
        throw new Problem(answer.status, problem.detail || '', after);
      } finally {
        clearTimeout(timer);
      }
    }

    failed(error) {
      this.hangUp();
      if (error.status === 401 && this.token) return this.lost();
      this.failures += 1;
      const most = Math.min(MOST_SECONDS, 2 ** this.failures);
      const wait = error.after || 1 + Math.random() * (most - 1);
      this.view.trouble(error.status === 429 ? 'wait' : 'offline');
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.sync(), wait * 1000);
    }

    // The server no longer knows us. Words are sent again in a new chat; taps belong to the old
    // one. Nobody who just watches is given a new chat: she may have asked to be forgotten.
    lost() {
      if (this.store.get('token') === this.token) this.store.drop('token');
      this.token = null;
      this.cursor = 0;
      const goOn = this.outbox.length > 0 || this.view.isEmpty;
      for (const entry of this.outbox) if (entry.event.type === 'tapped') this.done(entry.id);
      this.awake = goOn;
      this.view.ended(goOn);
      if (goOn) this.sync();
    }

    // The socket only says that there is more. Where it cannot be had, we ask and wait.
    listen() {
      if (this.socket || this.polling) return;
      if (this.socketFailures >= SOCKET_TRIES) {
        this.poll();
        return;
      }
      const url = new URL('chat/live', server);
      url.protocol = url.protocol.replace('http', 'ws');
      const socket = new WebSocket(url);
      this.socket = socket;
      let works = false;
      let opened = Infinity;
      socket.onopen = () => {
        opened = Date.now();
        socket.send(JSON.stringify({ token: this.token }));
        this.heard(socket);
        this.sync();
      };
      socket.onmessage = ({ data }) => {
        works = true;
        this.heard(socket);
        const frame = JSON.parse(data);
        if ('typing' in frame) this.view.typing(frame.typing);
        // Her place changes with other people's talks, of which hers says nothing.
        if (frame.up_to > this.cursor || this.view.owner === 'queue') this.sync();
      };
      socket.onclose = () => {
        if (this.socket !== socket) return;
        this.hangUp();
        works = works || Date.now() - opened > SETTLED_SECONDS * 1000;
        this.socketFailures = works ? 0 : this.socketFailures + 1;
        this.timer = setTimeout(() => this.sync(), (1 + Math.random()) * 1000);
      };
    }

    // A line that died in silence looks open for minutes.
    heard(socket) {
      clearTimeout(this.quiet);
      this.quiet = setTimeout(() => socket.onclose(), QUIET_SECONDS * 1000);
    }

    hangUp() {
      clearTimeout(this.quiet);
      this.polling = null;
      const { socket } = this;
      this.socket = null;
      if (socket) socket.close();
    }

    async poll() {
      const turn = {};
      this.polling = turn;
      try {
        while (this.polling === turn) {
          const asked = Date.now();
          const feed = await this.call(`chat/messages?after=${this.cursor}&wait=25`, null, { seconds: 40 });
          if (this.polling !== turn) return;
          this.take(feed);
          if (Date.now() - asked < 1000) await pause(1);
        }
      } catch (error) {
        if (this.polling === turn) this.failed(error);
      }
    }
  }

  // ---- how it looks ---------------------------------------------------------------------------

  // Sizes are in em of a root that is never under 16 px, whatever the page around us says.
  const STYLE = `
    .root {
      all: initial;
      --paper: #f5f2eb; --card: #fff; --ink: #1c2a33; --quiet: #53626c; --line: #d5d8d6;
      --edge: #75838b; --brand: #0d5561; --on-brand: #fff; --soft: #e0eeee; --alarm: #a8201a;
      --alarm-soft: #fdeceb; --shade: 0 .5em 2em #1c2a3340;
      font: max(1rem, 16px)/1.6 system-ui, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Arabic",
        "Noto Sans Ethiopic", Nyala, Ebrima, sans-serif;
      color: var(--ink); color-scheme: light; display: block; text-align: start;
    }
    :host { display: block }
    :host([inline]), :host([inline]) .root { block-size: 100% }
    * { box-sizing: border-box }
    [hidden] { display: none !important }
    [dir=rtl], :lang(ti), :lang(am) { line-height: 1.75 }
    p { margin: 0 }
    button, textarea { font: inherit; line-height: inherit; color: inherit; margin: 0 }
    button {
      background: none; border: 1px solid transparent; border-radius: .8em; cursor: pointer;
      padding: .4em .8em; min-block-size: max(2.75em, 44px); text-align: start;
      touch-action: manipulation;
    }
    button:disabled { cursor: default; opacity: .7 }
    a { color: var(--brand) }
    :focus-visible { outline: 3px solid var(--brand); outline-offset: 2px }
    svg {
      inline-size: 1.5em; block-size: 1.5em; flex: none; fill: none; stroke: currentColor;
      stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round;
    }
    [dir=rtl] .turns, [dir=ltr] [dir=rtl] .turns { transform: scaleX(-1) }
    [dir=rtl] [dir=ltr] .turns { transform: none }
    .unseen {
      position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden;
      clip-path: inset(50%); white-space: nowrap;
    }
    .launcher {
      position: fixed; inset-block-end: 1em; inset-inline-end: 1em; z-index: 2147483000;
      display: flex; align-items: center; gap: .5em; padding: .6em 1.1em; border-radius: 2em;
      background: var(--brand); color: var(--on-brand); box-shadow: var(--shade);
      font-weight: 600; outline-offset: 3px;
    }
    .count {
      background: var(--on-brand); color: var(--brand); border-radius: 1em; padding-inline: .5em;
    }
    .panel {
      display: grid; grid-template: auto minmax(0, 1fr) auto auto / minmax(0, 1fr);
      padding: 0; border: 0; inline-size: 100%; block-size: 100%; overflow: hidden;
      background: var(--paper); color: var(--ink); position: relative;
    }
    dialog.panel:not([open]) { display: none }
    dialog.panel {
      position: fixed; inset: 0; margin: 0; z-index: 2147483001;
      max-inline-size: none; max-block-size: none; block-size: var(--seen, 100dvh);
    }
    @media (min-width: 36em) {
      dialog.panel {
        inset: auto; inset-block-end: 1em; inset-inline-end: 1em; inline-size: 25em;
        block-size: min(42em, 100dvh - 2em); border: 1px solid var(--line);
        border-radius: 1.2em; box-shadow: var(--shade);
      }
    }
    .bar {
      display: flex; flex-wrap: wrap; background: var(--card); padding: .25em;
      border-block-end: 1px solid var(--line);
    }
    .bar button {
      flex: 1 1 0; min-inline-size: min-content; display: flex; flex-direction: column;
      align-items: center; justify-content: center; gap: .15em; padding: .3em .2em;
      font-size: .875em; line-height: 1.25; text-align: center; color: var(--brand);
      font-weight: 600;
    }
    .bar .talk { flex-grow: 1.5 }
    .bar .leave { background: var(--brand); color: var(--on-brand) }
    .talks { flex: 1 0 100%; display: flex; align-items: center; gap: .5em; padding: .1em .5em;
      background: var(--soft); border-radius: .6em; font-size: .9em; line-height: 1.35 }
    .talks p { flex: 1; min-inline-size: 0; overflow-wrap: anywhere }
    .bar .talks button { flex: none; min-inline-size: max(2.75em, 44px); padding: 0 }
    .bar .talks .end { text-decoration: underline; max-inline-size: 40% }
    .log { overflow-y: auto; overscroll-behavior: contain; padding: .75em; position: relative }
    .log:focus-visible { outline-offset: -3px }
    .shared { display: flex; gap: .6em; align-items: center; padding: 0; font-size: .9em;
      line-height: 1.35; color: var(--quiet) }
    .box { inline-size: 1.4em; block-size: 1.4em; border: 2px solid var(--edge);
      border-radius: .35em; color: transparent; flex: none; display: grid; place-items: center }
    .box svg { inline-size: 1.1em; block-size: 1.1em; stroke-width: 3 }
    [aria-checked=true] .box {
      background: var(--brand); border-color: var(--brand); color: var(--on-brand);
    }
    .day, .note { text-align: center; color: var(--quiet); font-size: .875em; margin-block: 1em }
    article { margin-block: .9em; overflow-wrap: anywhere }
    .from { font-size: .85em; color: var(--quiet); display: flex; gap: .6em; flex-wrap: wrap;
      align-items: center }
    .from b { font-weight: 600 }
    .body {
      background: var(--card); border: 1px solid var(--line); border-radius: 1em;
      border-start-start-radius: .25em; padding: .7em .9em;
    }
    .body p + p { margin-block-start: .3em }
    .body p.gap { margin-block-start: .9em }
    .item { display: flex }
    .item > :first-child { flex: 0 0 1.4em; white-space: pre }
    .person { display: grid; justify-items: end }
    .person .body {
      background: var(--soft); border-color: var(--soft); max-inline-size: 88%;
      border-start-start-radius: 1em; border-end-end-radius: .25em;
    }
    .coach .body { border-inline-start: .3em solid var(--brand) }
    .system .body { background: none; border-style: dashed }
    .crisis .body { background: var(--alarm-soft); border: 2px solid var(--alarm) }
    .alarm { color: var(--alarm); font-weight: 700; display: flex; gap: .4em; align-items: center }
    .crisis a { font-size: 1.15em; font-weight: 700 }
    a[href^=tel] { white-space: nowrap }
    .twin { border-block-start: 1px solid var(--line); margin-block-start: .7em;
      padding-block-start: .6em }
    .original { font-size: .9em; color: var(--quiet) }
    .medium { margin-block-start: .4em; min-block-size: 2em }
    .medium img { display: block; max-inline-size: 100%; max-block-size: 18em;
      border-radius: .6em }
    .body .flip.play, .draft .play { min-inline-size: 10em; margin: 0 }
    .flip { display: flex; gap: .4em; align-items: center; color: var(--brand); font-weight: 600;
      padding-inline: 0; margin-block-end: -.5em }
    .options { display: grid; gap: .5em; margin-block-start: .6em }
    .options button, .nav button {
      display: flex; gap: .7em; align-items: center; background: var(--card);
      border-color: var(--line); color: var(--quiet);
    }
    .options button { min-block-size: 3em; inline-size: 100% }
    .now .options button, .now.options button {
      border: 2px solid var(--brand); color: var(--brand); font-weight: 600;
    }
    .faces { display: flex; gap: .5em; margin-block-start: .6em }
    .faces button { flex: 1 1 0; min-inline-size: 0; display: grid; justify-items: center;
      gap: .3em; padding: .6em .2em; text-align: center; background: var(--card);
      border: 2px solid var(--line); color: var(--quiet); line-height: 1.3 }
    .faces svg { inline-size: 3.2em; block-size: 3.2em; stroke-width: 1.2 }
    .now .faces button { border-color: var(--brand); color: var(--brand); font-weight: 600 }
    .faces .end { margin: 0 }
    .nav { display: flex; flex-wrap: wrap; gap: .5em; margin-block-start: .6em }
    .nav button { border-radius: 2em; gap: .4em; font-size: .9em }
    .now .nav button { color: var(--brand) }
    .options .tapped, .nav .tapped, .faces .tapped { background: var(--soft) !important }
    .tapped .end { margin-inline-start: auto; display: flex }
    button.tick { text-decoration: underline; padding: 0 .2em; color: var(--alarm) }
    .below {
      position: absolute; inset-block-end: 100%; inset-inline: 0; margin: 0 auto .6em;
      inline-size: fit-content; background: var(--brand); color: var(--on-brand);
      border-radius: 2em; display: flex; gap: .4em; align-items: center; box-shadow: var(--shade);
    }
    .foot { position: relative; min-inline-size: 0 }
    .status { padding: .5em .9em; background: var(--soft); font-size: .9em }
    .status:empty { display: none }
    .writing { background: var(--card); color: var(--quiet) }
    .compose {
      display: flex; flex-wrap: wrap; align-items: end; padding: .5em; background: var(--card);
      border-block-start: 1px solid var(--line);
    }
    .compose > button { padding: 0; min-inline-size: max(2.75em, 44px); color: var(--brand);
      display: grid; place-items: center; min-block-size: 2.9em }
    form { display: flex; flex: 1 1 11em; gap: .5em; align-items: end; min-inline-size: 0 }
    .draft { display: flex; flex-wrap: wrap; gap: .3em .8em; align-items: center; padding: .6em;
      background: var(--card); border-block-start: 1px solid var(--line) }
    .draft p { flex: 1 0 100%; line-height: 1.4 }
    .draft button { color: var(--brand); font-weight: 600; border-color: var(--line);
      display: flex; gap: .5em; align-items: center }
    .draft .go { background: var(--brand); color: var(--on-brand) }
    .draft img { max-inline-size: 9em; max-block-size: 7em; border-radius: .4em }
    .red { inline-size: 1em; block-size: 1em; border-radius: 50%; background: var(--alarm) }
    textarea {
      flex: 1; min-inline-size: 0; resize: none; border: 1px solid var(--edge);
      border-radius: 1.4em; background: var(--paper); padding: .55em 1em; min-block-size: 2.9em;
      max-block-size: min(9em, 30vh); line-height: 1.5; field-sizing: content;
    }
    textarea::placeholder { color: var(--quiet); opacity: 1 }
    form button { background: var(--brand); color: var(--on-brand); border-radius: 50%;
      inline-size: 2.9em; block-size: 2.9em; padding: 0; display: grid; place-items: center }
    @media (max-height: 24em) {
      .bar svg { display: none }
      .log { padding-block: .25em }
    }
    @media (prefers-color-scheme: dark) {
      .root {
        --paper: #11181c; --card: #1a242a; --ink: #e9efef; --quiet: #a8b6bc; --line: #37444b;
        --edge: #82929a; --brand: #8ad3d6; --on-brand: #06272c; --soft: #20373b;
        --alarm: #ffaba3; --alarm-soft: #3b1716; --shade: 0 .5em 2em #000a;
        color-scheme: dark;
      }
    }
    @media (prefers-reduced-motion: no-preference) {
      .live { animation: arrive .25s ease-out }
      @keyframes arrive { from { opacity: 0; transform: translateY(.5em) } }
    }
    @media (forced-colors: active) {
      .launcher, .bar .leave, form button, .draft button, .red, .below, .person .body { border: 1px solid }
      .tapped { border-style: double !important }
    }`;

  // Our own pictures, drawn as one line each on a square of 24.
  const RING = 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18';
  const ICONS = {
    alert: 'M12 4l9.5 16h-19zM12 10v4.5M12 17.3v.01',
    aloud: 'M4 9.5v5h4l5 4v-13l-5 4zM16.5 9a4 4 0 0 1 0 6M19 6.5a8 8 0 0 1 0 11',
    back: 'M15 5l-7 7 7 7',
    bank: 'M3 9.5L12 4l9 5.5zM5 20h14M6.5 10v7M12 10v7M17.5 10v7',
    'bell-off': 'M5 17.5h14l-2-3v-4a5 5 0 0 0-10 0v4zM10 21h4M4 3l16 18',
    bell: 'M5 17.5h14l-2-3v-4a5 5 0 0 0-10 0v4zM10 21h4',
    book: 'M12 6.5C9.5 4.8 6.5 4.5 3.5 5v13.5c3-.5 6-.2 8.5 1.5 2.5-1.7 5.5-2 8.5-1.5V5'
      + 'c-3-.5-6-.2-8.5 1.5zM12 6.5V20',
    calendar: 'M4 6h16v14H4zM4 10.5h16M8 3v5M16 3v5',
    camera: 'M3 7.5h4l2-3h6l2 3h4v12H3zM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7',
    chat: 'M4 5h16v11h-9l-5 4v-4H4z',
    check: 'M5 12.5l4.5 4.5L19 7.5',
    close: 'M6 6l12 12M18 6L6 18',
    down: 'M12 5v14M6 13l6 6 6-6',
    'face-bad': `${RING}M8.5 9.5v.01M15.5 9.5v.01M8 16.5a4.6 4.6 0 0 1 8 0`,
    'face-good': `${RING}M8.5 9.5v.01M15.5 9.5v.01M8 14a4.6 4.6 0 0 0 8 0`,
    'face-middling': `${RING}M8.5 9.5v.01M15.5 9.5v.01M8 15h8`,
    group: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6'
      + 'M16 4.3a3.5 3.5 0 0 1 0 6.5M18.3 14.5c2 .9 3.2 2.7 3.2 5.5',
    health: 'M9 4h6v5h5v6h-5v5H9v-5H4V9h5z',
    house: 'M3.5 12L12 4.5l8.5 7.5M6 10v9.5h12V10M10 19.5v-5h4v5',
    id: 'M3 5.5h18v13H3zM8.5 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4M5.5 16c.4-1.8 1.6-2.7 3-2.7'
      + 's2.6.9 3 2.7M14.5 9.5h4M14.5 13h4',
    info: `${RING}M12 11v5.5M12 7.5v.01`,
    language: `${RING}M3 12h18M12 3c2.5 2.7 3.7 5.7 3.7 9s-1.2 6.3-3.7 9c-2.5-2.7-3.7-5.7-3.7-9`
      + 'S9.5 5.7 12 3',
    leave: 'M14 4H5v16h9M10 12h11M17 8l4 4-4 4',
    list: 'M9 6h11M9 12h11M9 18h11M4.5 6v.01M4.5 12v.01M4.5 18v.01',
    menu: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z',
    mic: 'M12 15a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3M5.5 12a6.5 6.5 0 0 0 13 0'
      + 'M12 18.5V22',
    more: 'M5 11.5v1M12 11.5v1M19 11.5v1M4.5 12h1M11.5 12h1M18.5 12h1',
    no: 'M7 13V4h9.5l3 6v3H14l1 6h-2.5L9 13zM4 4v9',
    pause: 'M8 5v14M16 5v14',
    person: 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 21c0-4.5 3.4-7 7.5-7s7.5 2.5 7.5 7',
    play: 'M7 4.5l12 7.5-12 7.5z',
    report: 'M6 3.5h9l4 4V20.5H6zM9.5 11h6M9.5 14.5h6M9.5 7.5h3',
    question: `${RING}M9.3 9.5a2.7 2.7 0 1 1 4 2.4c-.9.5-1.3 1-1.3 2M12 17v.01`,
    send: 'M21 3L3 10.5l7 3.5 3.5 7zM21 3L10 14',
    shield: 'M12 3l7.5 2.5V11c0 5-3 8.5-7.5 10-4.5-1.5-7.5-5-7.5-10V5.5z',
    work: 'M4 8h16v11.5H4zM9 8V5h6v3M4 13h16',
    yes: 'M7 11v9h9.5l3-6v-3H14l1-6h-2.5L9 11zM4 20v-9',
  };
  ICONS.home = ICONS.house;
  const TURNING = ['back', 'leave', 'list', 'question', 'send'];
  const NAVIGATION = ['back', 'menu'];
  const SPOKEN = { '/language': 'language', '/person': 'talk', '/stop': 'stop', '/end': 'end' };
  const ISOLATES = /[\u2066-\u2069]/g;

  // ---- what is on the screen ------------------------------------------------------------------

  // Strings become attributes, everything else (handlers, flags) properties.
  function el(tag, props = {}, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(props)) {
      if (typeof value === 'string') node.setAttribute(key, value);
      else if (value !== null && value !== undefined) node[key] = value;
    }
    node.append(...children);
    return node;
  }

  function icon(name) {
    if (!ICONS[name]) return '';
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    const path = document.createElementNS(space, 'path');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    if (TURNING.includes(name)) svg.setAttribute('class', 'turns');
    path.setAttribute('d', ICONS[name]);
    svg.append(path);
    return svg;
  }

  class Chat {
    constructor(host, settings) {
      this.host = host;
      this.settings = settings;
      this.inline = host.hasAttribute('inline');
      this.store = new Store();
      this.wire = new Wire(this.store, this, settings);
      this.shown = new Map(); // message id -> the message, its node and its content
      this.waiting = new Map(); // client id -> what stands for it: a bubble or a button
      this.files = new Map(); // client id -> what she has sent herself, not to be fetched again
      this.owner = 'assistant';
      this.unread = 0;
      this.launch();
    }

    async launch() {
      const page = document.documentElement.lang || navigator.language;
      const language = this.store.get('language') || this.settings.language || page;
      for (let wait = 1; !this.words; wait = Math.min(wait * 2, MOST_SECONDS)) {
        await this.speak(language).catch(() => pause(wait));
      }
      this.build();
      for (const entry of this.wire.outbox) {
        if (entry.event.type === 'lost') this.wire.refuse(entry);
        else this.expect(entry);
      }
      if (this.inline || this.host.hasAttribute('open')) this.open(false);
      else if (this.store.get('token')) this.wire.start();
      this.sayFirst(this.host.dataset.say);
    }

    // The code at a door, once: read again, the page says nothing.
    sayFirst(words) {
      if (!words) return;
      const here = new URL(location);
      here.searchParams.delete('in');
      history.replaceState(null, '', here);
      this.say(words);
    }

    // ---- words

    // Load the words of our own controls, and change those that are on the screen.
    async speak(language) {
      let answer;
      for (const each of [language, SWEDISH]) {
        answer = await fetch(new URL(`chat/strings/${each}`, server), { credentials: 'omit' });
        if (answer.ok) break;
      }
      if (!answer.ok) throw new Problem(answer.status, '');
      const { strings, html, direction, name } = await answer.json();
      this.words = strings;
      this.ownName = name || strings.language;
      this.html = html;
      this.direction = direction;
      if (this.root) this.label();
    }

    label() {
      this.hush();
      const all = (selector, change) => this.root.querySelectorAll(selector).forEach(change);
      this.root.lang = this.html;
      this.root.dir = this.direction;
      all('[data-t]', (node) => { node.textContent = this.word(node.dataset.t, node.dataset); });
      all('[data-label]', (node) => {
        node.setAttribute('aria-label', this.word(node.dataset.label));
      });
      all('[data-ui]', (node) => this.inOurWords(node));
      this.tongue.setAttribute('aria-label', `${this.words.language}: ${this.ownName}`);
      this.input.placeholder = this.words.write;
      this.input.lang = this.html;
      this.steer();
    }

    // What is already on the screen is not read aloud again.
    hush() {
      this.log.setAttribute('aria-live', 'off');
      clearTimeout(this.hushed);
      this.hushed = setTimeout(() => this.log.setAttribute('aria-live', 'polite'), 500);
    }

    word(key, { name = '', n = '' } = {}) {
      if (key === 'name') return this.ownName;
      return (this.words[key] || '').replace('{name}', name).replace('{n}', n);
    }

    t(key, values = {}) {
      const node = el('span', {}, this.word(key, values));
      Object.assign(node.dataset, { t: key }, values);
      return node;
    }

    // Our own words inside a message of another language.
    inOurWords(node) {
      node.dataset.ui = '';
      node.lang = this.html;
      node.dir = this.direction;
      return node;
    }

    inTheirs(node, { language, direction }) {
      node.lang = (language || this.html).replace('_', '-');
      node.dir = direction || 'auto';
      return node;
    }

    // ---- building

    build() {
      const shadow = this.host.attachShadow({ mode: 'open' });
      if (shadow.adoptedStyleSheets) {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(STYLE);
        shadow.adoptedStyleSheets = [sheet];
      } else {
        shadow.append(el('style', {}, STYLE));
      }
      this.input = el('textarea', { id: 'write', rows: 1, maxLength: LONGEST });
      this.status = el('p', { class: 'status', role: 'status' });
      this.writing = el('p', { class: 'status writing', 'aria-live': 'polite' });
      this.draft = el('div', { class: 'draft', hidden: true });
      this.below = el('button', { class: 'below', type: 'button', hidden: true },
        this.t('below'), icon('down'));
      this.log = el('div', { class: 'log', role: 'log', tabIndex: 0, 'data-label': 'log',
        'aria-live': 'polite', 'aria-relevant': 'additions' }, this.sharing());
      this.thread = this.log.appendChild(el('div'));
      this.panel = el(this.inline ? 'section' : 'dialog',
        { class: 'panel', 'data-label': 'chat' },
        this.bar(), this.log,
        el('div', { class: 'foot' }, this.below, this.writing, this.status, this.draft),
        this.compose());
      this.root = el('div', { class: 'root' }, this.panel);
      if (!this.inline) this.root.prepend(this.launcher());
      shadow.append(this.root);
      this.label();
      this.listen();
    }

    launcher() {
      this.count = el('span', { class: 'count', hidden: true });
      this.opener = el('button',
        { class: 'launcher', type: 'button', 'aria-expanded': 'false', 'aria-haspopup': 'dialog',
          onclick: () => this.open(true) },
        icon('chat'), this.t('open'), this.count);
      return this.opener;
    }

    bar() {
      const button = (kind, name, key, onclick) => el('button',
        { class: kind, type: 'button', onclick }, icon(name), this.t(key));
      this.leaver = button('leave', 'leave', this.store.shared ? 'forget' : 'leave',
        () => this.leave());
      this.tongue = button('', 'language', 'name', () => this.say('/language'));
      this.asker = button('talk', 'person', 'talk', () => this.say('/person'));
      const bar = el('header', { class: 'bar' }, this.tongue, this.asker, this.leaver);
      if (!this.inline) bar.append(button('', 'close', 'close', () => this.panel.close()));
      bar.append(this.talk());
      return bar;
    }

    // Who speaks with her, when it is not the assistant: always in sight, and never read aloud,
    // because every change of it is a message too.
    talk() {
      this.standing = el('p');
      this.ender = el('button', { class: 'end', type: 'button' });
      this.ender.onclick = () => {
        this.ender.disabled = true;
        this.say(this.owner === 'queue' ? '/stop' : '/end');
      };
      this.bell = el('button', { type: 'button', 'data-label': 'sound' });
      this.bell.onclick = () => {
        this.store.set('sound', this.store.get('sound') ? '' : 'on');
        this.ring();
        this.chime();
      };
      this.ring();
      this.talks = el('div', { class: 'talks', hidden: true }, icon('person'), this.standing,
        this.bell, this.ender);
      return this.talks;
    }

    ring() {
      const on = Boolean(this.store.get('sound'));
      this.bell.setAttribute('aria-pressed', String(on));
      this.bell.replaceChildren(icon(on ? 'bell' : 'bell-off'));
    }

    // Two soft notes, only where she has asked for them.
    chime() {
      if (!this.store.get('sound') || !window.AudioContext) return;
      const ear = this.ear || new AudioContext();
      this.ear = ear;
      ear.resume().catch(() => {});
      [660, 880].forEach((pitch, number) => {
        const at = ear.currentTime + number / 6;
        const note = ear.createOscillator();
        const loud = ear.createGain();
        note.frequency.value = pitch;
        loud.gain.setValueAtTime(0.08, at);
        loud.gain.exponentialRampToValueAtTime(0.001, at + 0.4);
        note.connect(loud).connect(ear.destination);
        note.start(at);
        note.stop(at + 0.4);
      });
    }

    stand({ owner, place, name } = {}) {
      const waits = owner === 'queue';
      const talks = owner === 'coach';
      this.owner = owner || 'assistant';
      this.coach = name;
      this.ender.disabled = false;
      if (!talks) this.writing.replaceChildren();
      if (!waits && !talks && this.talks.contains(this.talks.getRootNode().activeElement)) {
        this.log.focus();
      }
      this.talks.hidden = !waits && !talks;
      this.asker.hidden = waits || talks;
      const named = name ? this.t('talking', { name: `\u2068${name}\u2069` }) : this.t('with');
      this.standing.replaceChildren(waits ? this.t('queued', { n: String(place) }) : named);
      this.ender.replaceChildren(this.t(waits ? 'stop' : 'end'));
    }

    // Said once, and taken back when it is over or nothing more is heard of it.
    typing(on) {
      clearTimeout(this.still);
      const stop = () => this.writing.replaceChildren();
      if (!on || this.owner !== 'coach') {
        stop();
        return;
      }
      this.still = setTimeout(stop, 3 * TYPING_SECONDS * 1000);
      if (this.writing.firstChild) return;
      const name = this.coach || this.words.someone;
      this.writing.append(this.t('writing', { name: `\u2068${name}\u2069` }));
    }

    sharing() {
      const toggle = el('button', { class: 'shared', type: 'button', role: 'checkbox',
        'aria-checked': String(this.store.shared) },
      el('span', { class: 'box' }, icon('check')), this.t('shared'));
      toggle.onclick = () => {
        this.store.share(!this.store.shared);
        toggle.setAttribute('aria-checked', String(this.store.shared));
        const words = this.leaver.lastChild;
        words.dataset.t = this.store.shared ? 'forget' : 'leave';
        words.textContent = this.word(words.dataset.t);
      };
      return toggle;
    }

    // Her words, and beside them a photo and her voice, where the device has them.
    compose() {
      const tool = (name, key, onclick) => el('button',
        { type: 'button', 'data-label': key, onclick }, icon(name));
      const prepare = (begin) => this.filing().then(begin, () => this.tell('offline'));
      const camera = el('input', { type: 'file', accept: 'image/*', hidden: true, tabIndex: -1 });
      camera.onchange = () => {
        const [photo] = camera.files;
        if (photo) prepare((files) => files.photo(photo));
        camera.value = '';
      };
      this.tools = el('div', { class: 'compose' }, camera,
        tool('camera', 'photo', () => camera.click()));
      if (navigator.mediaDevices && window.MediaRecorder) {
        this.tools.append(tool('mic', 'voice', () => prepare((files) => files.record())));
      }
      this.tools.append(this.form());
      return this.tools;
    }

    form() {
      return el('form', { onsubmit: (event) => { event.preventDefault(); this.submit(); } },
        el('label', { class: 'unseen', for: 'write' }, this.t('message')), this.input,
        el('button', { 'data-label': 'send' }, icon('send')));
    }

    listen() {
      this.below.onclick = () => {
        this.log.scrollTop = this.log.scrollHeight;
        this.below.hidden = true;
      };
      this.log.onscroll = () => { if (this.atEnd) this.below.hidden = true; };
      this.input.oninput = () => {
        this.steer();
        if (this.owner === 'coach' && this.input.value) this.wire.typed();
        const full = this.input.value.length >= LONGEST;
        if (full || this.said === 'full') this.tell(full ? 'full' : null);
      };
      // On a phone, Enter is a new line; there is a button for sending.
      const keyboard = matchMedia('(pointer: fine)');
      this.input.onkeydown = (event) => {
        const plain = event.key === 'Enter' && !event.shiftKey && !event.isComposing;
        if (!plain || event.keyCode === 229 || !keyboard.matches) return;
        event.preventDefault();
        this.submit();
      };
      let escaped = -Infinity;
      document.addEventListener('keydown', (event) => {
        if (event.key !== 'Escape' || event.isComposing || event.repeat) return;
        if (event.timeStamp - escaped < 1000) this.leave();
        else if (this.isOpen) escaped = event.timeStamp;
        if (this.opener && this.isOpen && event.target === this.host) this.panel.close();
      }, true);
      document.addEventListener('click', (event) => {
        const asks = event.target.closest && event.target.closest('[data-ingang-say]');
        if (!asks || !(this.isOpen || this.opener)) return;
        if (this.opener) this.open(true);
        if (this.wire.token || !asks.hreflang) this.say(asks.dataset.ingangSay);
      });
      document.addEventListener('visibilitychange', () => {
        if (document.hidden || !this.title) return;
        document.title = this.title;
        this.title = '';
        this.unseen = 0;
      });
      if (this.opener) this.panel.onclose = () => this.closed();
      // The keyboard of a phone covers the page; the chat keeps to what is left.
      const view = window.visualViewport;
      if (view) {
        view.onresize = () => this.root.style.setProperty('--seen', `${view.height}px`);
      }
      // A page that is kept for "back" must not show a shared phone's chat again.
      addEventListener('pagehide', () => {
        if (this.store.shared) this.thread.replaceChildren();
      });
      addEventListener('pageshow', (event) => {
        if (!event.persisted || !this.store.shared) return;
        this.store.forget();
        location.reload();
      });
    }

    // An empty field has no first letter to take its direction from.
    steer() {
      const { input } = this;
      input.dir = input.value ? 'auto' : this.direction;
      if (CSS.supports('field-sizing', 'content')) return;
      input.style.blockSize = 'auto';
      input.style.blockSize = `${input.scrollHeight + 2}px`;
    }

    // ---- opening and leaving

    get isOpen() { return this.inline || this.panel.open; }

    open(focus) {
      if (this.opener && !this.panel.open) {
        if (matchMedia('(min-width: 36em)').matches) this.panel.show();
        else this.panel.showModal();
        this.opener.setAttribute('aria-expanded', 'true');
        this.opener.hidden = true;
        this.unread = 0;
        this.countUnread();
        this.log.scrollTop = this.log.scrollHeight;
      }
      // On a phone the keyboard would cover the buttons.
      if (focus) (matchMedia('(pointer: fine)').matches ? this.input : this.log).focus();
      this.wire.start();
    }

    closed() {
      this.opener.hidden = false;
      this.opener.setAttribute('aria-expanded', 'false');
      this.opener.focus();
    }

    leave() {
      this.wire.stop();
      if (this.store.shared) this.store.forget();
      document.title = '';
      document.body.replaceChildren();
      location.replace(this.settings.exit);
    }

    countUnread() {
      this.count.hidden = !this.unread;
      this.count.replaceChildren(...(this.unread ? [el('span', { 'aria-hidden': 'true' },
        String(this.unread)), this.t('unread', { n: this.unread })] : []));
      if (this.unread) this.count.lastChild.className = 'unseen';
    }

    // ---- sending

    submit() {
      const text = this.input.value.trim();
      if (!text) return;
      this.input.value = '';
      this.steer();
      this.say(text);
    }

    say(text) { this.post({ type: 'said', text }); }

    post(event) {
      this.tell(null);
      this.expect(this.wire.send(event));
      this.moved = true;
      this.log.scrollTop = this.log.scrollHeight;
    }

    // Show what is on its way: a bubble for words; a tap shows on its button.
    expect({ id, event }) {
      if (event.type === 'tapped' || this.waiting.has(id)) return;
      const node = el('article', { class: 'person', 'aria-live': 'off' });
      const file = event.type === 'file' ? event : null;
      if (file) this.files.set(id, asFile(file));
      this.fill(node, { from: 'person', text: event.text || '', entities: [], buttons: [], file,
        client_id: id });
      this.tick(node, 'sending');
      this.waiting.set(id, node);
      this.thread.append(node);
    }

    tap(button, message, index) {
      const now = performance.now();
      if (button.dataset.busy || now - (button.tappedAt || -1000) < 1000) return;
      button.tappedAt = now;
      button.dataset.busy = 'yes';
      this.mark(button);
      this.moved = true;
      this.waiting.set(this.wire.send({ type: 'tapped', message, index }).id, button);
    }

    mark(button) {
      if (button.classList.contains('tapped')) return;
      button.classList.add('tapped');
      const chosen = this.inOurWords(this.t('chosen'));
      chosen.className = 'unseen';
      button.append(el('span', { class: 'end' }, icon('check'), chosen));
    }

    unmark(button) {
      delete button.dataset.busy;
      button.classList.remove('tapped');
      button.querySelector('.end').remove();
    }

    sent({ id, event }) {
      const node = this.waiting.get(id);
      if (!node) return;
      if (event.type !== 'tapped') {
        this.tick(node, 'sent');
      } else {
        delete node.dataset.busy;
        this.waiting.delete(id);
      }
    }

    // What was typed is given back, to be changed.
    refused({ id, event }, detail) {
      const node = this.waiting.get(id);
      this.waiting.delete(id);
      if (event.type === 'tapped') {
        if (node) this.unmark(node);
      } else {
        if (node) node.remove();
        if (event.text) {
          this.input.value = event.text + (this.input.value && `\n${this.input.value}`);
          this.steer();
        }
      }
      this.tell('refused', detail);
    }

    // A refusal stays until she sends again.
    trouble(key) {
      if (key || this.said === 'offline' || this.said === 'wait') this.tell(key);
      if (key !== 'offline') return;
      for (const node of this.waiting.values()) {
        if (node.tagName === 'ARTICLE') this.tick(node, 'unsent');
      }
    }

    // The one place for what is not a message. Said once, not again while it stays the same.
    tell(key, detail = '') {
      if (this.said === key && !detail) return;
      this.said = key;
      this.status.replaceChildren();
      if (key) this.status.append(detail ? el('span', { dir: 'auto' }, detail) : this.t(key));
    }

    tick(node, state) {
      const old = node.querySelector('.tick');
      const words = this.inOurWords(this.t(state));
      const fresh = state !== 'unsent' ? words : el('button', { type: 'button',
        onclick: () => {
          this.tick(node, 'sending');
          this.wire.start();
        } }, words);
      fresh.classList.add('tick');
      if (old) old.replaceWith(fresh);
      else node.querySelector('.from').append(fresh);
    }

    // The chat is gone from the server. What is on the screen stays to be read, without buttons.
    ended(goOn) {
      for (const button of this.thread.querySelectorAll('button')) {
        if (!button.classList.contains('flip')) button.disabled = true;
      }
      const words = [...this.waiting].filter(([id]) => (
        this.wire.outbox.some((entry) => entry.id === id)));
      const note = el('p', { class: 'note' }, this.t(goOn ? 'renewed' : 'ended'));
      this.thread = el('div');
      this.shown.clear();
      this.waiting = new Map(words);
      this.log.append(note, this.thread);
      for (const [, node] of words) this.thread.append(node);
      if (goOn) return;
      const restart = el('button', { type: 'button' }, this.t('restart'));
      restart.onclick = () => {
        this.log.focus();
        this.wire.start();
      };
      this.restart = el('div', { class: 'now options' }, restart);
      note.after(this.restart);
      this.log.scrollTop = this.log.scrollHeight;
    }

    get isEmpty() { return !this.shown.size; }

    // ---- showing messages

    get atEnd() {
      const { scrollHeight, scrollTop, clientHeight } = this.log;
      return scrollHeight - scrollTop - clientHeight < 80;
    }

    // `past`: what was said before this page was opened is shown, but not read aloud.
    show(feed, past) {
      const first = this.isEmpty;
      const follow = this.moved || this.atEnd;
      if (past) this.hush();
      if (this.restart) this.restart.remove();
      const fresh = feed.messages.filter((message) => this.place(message, past))
        .filter((message) => message.from !== 'person');
      this.tidy();
      if (feed.language !== this.store.get('language')) this.store.set('language', feed.language);
      if (feed.html !== this.html) this.speak(feed.language).catch(() => {});
      if (past) this.log.scrollTop = this.log.scrollHeight;
      else if (fresh.length && !first) this.arrive(fresh, follow);
    }

    // A long answer is read from its first line, so we go there and not to its end.
    arrive(fresh, follow) {
      const { node } = this.shown.get(fresh[0].id);
      if (fresh.some(({ from }) => from !== 'assistant')) this.call(fresh.length);
      if (follow) this.log.scrollTop = node.offsetTop - 8;
      else this.below.hidden = false;
      this.moved = false;
      if (this.isOpen) return;
      this.unread += fresh.length;
      this.countUnread();
    }

    // A person has written, and she may be looking at something else.
    call(count) {
      this.writing.replaceChildren();
      this.chime();
      if (!document.hidden) return;
      this.title = this.title || document.title;
      this.unseen = (this.unseen || 0) + count;
      document.title = `(${this.unseen}) ${this.title}`;
    }

    // Put a message where it belongs, or in the place of its older self. True when it is new.
    place(message, past) {
      const known = this.shown.get(message.id);
      if (known && known.changed >= message.changed) return false;
      let node = known && known.node;
      if (!node && message.client_id) {
        node = this.waiting.get(message.client_id);
        this.wire.done(message.client_id);
        if (node && node.tagName !== 'ARTICLE') node = null;
        else this.waiting.delete(message.client_id);
      }
      if (message.state === 'void') {
        if (node) node.remove();
        this.shown.delete(message.id);
        return false;
      }
      const { text, entities, buttons, twin, translation, urgency, file, name } = message;
      const content = JSON.stringify(
        [text, entities, buttons, twin, translation, urgency, file, name],
      );
      const isNew = !node;
      if (isNew) node = this.frame(message, past);
      else node.setAttribute('aria-live', 'off');
      if (!known || known.content !== content) this.fill(node, message);
      if (message.from === 'person') this.tick(node, message.state === 'read' ? 'read' : 'sent');
      // Read at once, and by nobody else: the article around it is silent.
      if (isNew && message.urgency === 'crisis' && !past) {
        node.querySelector('.body').setAttribute('role', 'alert');
      }
      if (!known) this.insert(node, message.seq);
      this.shown.set(message.id, { ...message, node, content });
      return isNew;
    }

    frame(message, past) {
      const node = el('article', { class: past ? '' : 'live' });
      const crisis = message.urgency === 'crisis';
      if (crisis || message.from === 'person') node.setAttribute('aria-live', 'off');
      return node;
    }

    insert(node, seq) {
      const later = [...this.shown.values()].filter((other) => other.seq > seq);
      const [next] = later.sort((one, other) => one.seq - other.seq);
      const [unsent] = [...this.waiting.values()].filter((other) => (
        other.parentNode === this.thread));
      this.thread.insertBefore(node, next ? next.node : unsent || null);
    }

    // One date above each day's first message; the newest buttons are the bright ones.
    tidy() {
      this.thread.querySelectorAll('.day').forEach((node) => node.remove());
      const rows = [...this.shown.values()].sort((one, other) => one.seq - other.seq);
      let day = null;
      let now = null;
      for (const row of rows) {
        // The digits are the same in every language; the words change with it.
        const [date] = /\d+\/\d+/.exec(row.day) || [row.day];
        if (date && date !== day) {
          const above = el('p', { class: 'day', 'aria-live': 'off' }, row.day);
          row.node.before(this.inTheirs(above, row));
        }
        day = date;
        row.node.classList.remove('now');
        if (row.node.querySelector('.options, .nav, .faces')) now = row.node;
      }
      if (now) now.classList.add('now');
    }

    fill(node, message) {
      const crisis = message.urgency === 'crisis';
      const live = node.classList.contains('live') ? ' live' : '';
      node.className = message.from + (crisis ? ' crisis' : '') + live;
      const body = el('div', { class: 'body' });
      // Her own words keep to their side, whichever way they run.
      const tagged = message.from === 'person' ? body : node;
      if (tagged === body) this.inOurWords(node);
      this.inTheirs(tagged, message);
      if (crisis) {
        body.append(el('p', { class: 'alarm' }, icon('alert'),
          this.inOurWords(this.t('crisis'))));
      }
      body.append(...this.machine(message, this.lines(message)), ...this.medium(message),
        ...this.twin(message), ...this.aloud(message));
      node.replaceChildren(this.sender(message), body, ...this.choices(message));
    }

    // A person has read the answer: hers is the voice to hear, and the only one there may be.
    recorded(path) {
      let sound = null;
      const onclick = () => {
        sound = sound || new Audio(new URL(path, server));
        if (sound.paused) sound.play().catch(() => {});
        else sound.pause();
      };
      const props = { class: 'flip', type: 'button', onclick };
      return [this.inOurWords(el('button', props, icon('aloud'), this.t('aloud')))];
    }

    // Only where the device has a voice: few have one for Somali or Tigrinya.
    aloud({ from, language, text, recording }) {
      if (recording) return this.recorded(recording);
      const speech = window.speechSynthesis;
      const tongue = (code) => code.toLowerCase().split(/[-_]/)[0];
      const voice = from !== 'person' && language && speech
        && speech.getVoices().find(({ lang }) => tongue(lang) === tongue(language));
      if (!voice) return [];
      const onclick = () => {
        if (speech.speaking) {
          speech.cancel();
          return;
        }
        const words = new SpeechSynthesisUtterance(text.replace(ISOLATES, ''));
        Object.assign(words, { voice, lang: voice.lang });
        speech.speak(words);
      };
      const props = { class: 'flip', type: 'button', onclick };
      return [this.inOurWords(el('button', props, icon('aloud'), this.t('aloud')))];
    }

    sender({ from, name, time }) {
      const keys = { person: 'you', coach: name ? 'coach' : 'someone', system: 'system' };
      // The name may be in another script than the words around it.
      const who = this.t(keys[from] || 'assistant', name ? { name: `\u2068${name}\u2069` } : {});
      const line = this.inOurWords(el('p', { class: 'from' }, el('b', {}, who)));
      if (time) line.append(el('time', { dir: 'ltr' }, time));
      return line;
    }

    // What the buttons at the top say for her is shown as the words on them.
    lines({ from, text, entities }) {
      const spoken = SPOKEN[text.replace(ISOLATES, '')];
      if (from === 'person' && spoken) return [el('p', {}, this.inOurWords(this.t(spoken)))];
      let start = 0;
      let gap = false;
      const lines = [];
      for (const line of text.split('\n')) {
        const [mark] = /^\u200f?(\d+\.|•) /.exec(line) || [''];
        const runs = this.runs(line.slice(mark.length), start + mark.length, entities);
        const node = el('p', from === 'assistant' ? {} : { dir: 'auto' });
        if (mark) {
          node.className = 'item';
          node.append(el('span', {}, mark), el('span', {}, ...runs));
        } else {
          node.append(...runs);
        }
        if (gap) node.classList.add('gap');
        gap = !line.trim();
        if (!gap) lines.push(node);
        start += line.length + 1;
      }
      return lines;
    }

    // A line cut into plain text, bold, links and numbers to call.
    runs(line, start, entities) {
      const runs = [];
      let end = 0;
      for (const entity of entities) {
        const from = entity.offset - start;
        const to = Math.min(from + entity.length, line.length);
        if (from < end || from >= line.length) continue;
        runs.push(line.slice(end, from), this.run(entity, line.slice(from, to)));
        end = to;
      }
      return [...runs, line.slice(end)];
    }

    run({ kind, url }, text) {
      if (kind === 'phone' && /^tel:\+?[\d-]+$/.test(url)) {
        return el('a', { href: url, dir: 'ltr' }, text);
      }
      if (kind === 'link' && /^(https?:\/\/|mailto:)/.test(url)) {
        const hint = el('span', { class: 'unseen' }, ', ', this.inOurWords(this.t('page')));
        return el('a', { href: url, dir: 'auto', target: '_blank', rel: 'noopener noreferrer' },
          text, hint);
      }
      return el(kind === 'bold' ? 'strong' : 'span', {}, text);
    }

    // A machine's words come first, with their label, and never without what was written.
    machine({ translation, from }, written) {
      if (!translation) return written;
      const { label, language, direction } = translation;
      return [el('div', { lang: language, dir: direction }, el('small', {}, label),
        ...this.lines({ ...translation, entities: [], from })),
      el('div', { class: 'twin original', lang: SWEDISH, dir: 'ltr' }, ...written)];
    }

    // What was sent with the words.
    medium(message) {
      if (!message.file) return [];
      const box = el('div', { class: 'medium', 'aria-live': 'off' });
      this.filing().then((files) => files.show(box, message), () => {});
      return [box];
    }

    // Photos and recordings are few; what they need comes with the first one.
    filing() {
      if (!this.parts) {
        this.parts = import(new URL('widget-files.js', server))
          .then(({ Files }) => new Files(this, el, icon));
        this.parts.catch(() => { this.parts = null; });
      }
      return this.parts;
    }

    // The same in Swedish: below, or one tap away.
    twin({ twin, folded, from }) {
      if (!twin) return [];
      const text = el('div', { class: 'twin', lang: SWEDISH, dir: 'ltr', hidden: folded },
        ...this.lines({ ...twin, from }));
      if (!folded) return [text];
      const flip = el('button', { class: 'flip', type: 'button', lang: SWEDISH, dir: 'ltr',
        'aria-expanded': 'false' }, icon('language'), 'Svenska');
      flip.onclick = () => {
        text.hidden = !text.hidden;
        flip.setAttribute('aria-expanded', String(!text.hidden));
      };
      return [flip, text];
    }

    choices({ id, buttons, tapped }) {
      const options = el('div', { class: 'options' });
      const nav = el('div', { class: 'nav' });
      const faces = el('div', { class: 'faces' });
      const unsent = this.wire.outbox.map((entry) => entry.event)
        .filter((event) => event.message === id).map((event) => event.index);
      buttons.forEach(({ label, icon: name }, index) => {
        const button = el('button', { type: 'button' }, icon(name), el('span', {}, label));
        button.onclick = () => this.tap(button, id, index);
        if (tapped === index || unsent.includes(index)) this.mark(button);
        const face = name && name.startsWith('face-');
        (face ? faces : NAVIGATION.includes(name) ? nav : options).append(button);
      });
      return [options, faces, nav].filter((group) => group.firstChild);
    }
  }

  customElements.define('ingang-chat', class extends HTMLElement {
    connectedCallback() {
      if (this.chat) return;
      const { lang, unit, exit } = { ...script.dataset, ...this.dataset };
      const neutral = /^(https?:|\/)/.test(exit || '') ? exit : NEUTRAL_PAGE;
      this.chat = new Chat(this, { language: lang, unit, exit: neutral });
    }
  });

  const appear = () => {
    if (!document.querySelector('ingang-chat')) {
      document.body.append(document.createElement('ingang-chat'));
    }
  };
  if (document.body) appear();
  else addEventListener('DOMContentLoaded', appear);
})();

// The preview of a prepared message, while one fills it in.
const PREVIEW_MS = 250;

export function fillIn(blanks) {
  let timer = 0;
  let asked = 0;
  blanks?.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(preview, PREVIEW_MS);
  });

  async function preview() {
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
  }
}

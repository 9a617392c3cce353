// Finds one of the prepared messages while one types: Enter opens the first, arrows walk them.
export function findAmong(picker) {
  if (!picker) return;
  const field = picker.querySelector('input[type=search]');
  const shelves = [...picker.querySelectorAll('.shelf')];
  const none = picker.querySelector('[data-none]');
  const found = () => [...picker.querySelectorAll('.shelf a')].filter(
    (link) => link.getClientRects().length > 0,
  );

  field.addEventListener('input', show);
  field.form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (field.value.trim()) found()[0]?.click();
  });
  picker.addEventListener('keydown', (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const all = [field, ...found()];
    const at = all.indexOf(document.activeElement);
    if (at < 0 || !all[at + by]) return;
    event.preventDefault();
    all[at + by].focus();
  });

  function show() {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const shelf of shelves) {
      let fits = 0;
      for (const link of shelf.querySelectorAll('a')) {
        const fit = words.every((word) => link.dataset.words.includes(word));
        link.parentElement.hidden = !fit;
        fits += fit;
      }
      shelf.hidden = !fits;
      shelf.open = words.length > 0 && fits > 0;
    }
    none.hidden = shelves.some((shelf) => !shelf.hidden);
  }
}

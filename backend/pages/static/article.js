// Reads the answer aloud, where the device has a voice for its language.
'use strict';

(() => {
  const print = document.querySelector('.print');
  print.hidden = false;
  print.addEventListener('click', () => window.print());

  const article = document.querySelector('article');
  const button = document.querySelector('.aloud');
  if (!article || !button || !('speechSynthesis' in window)) return;
  const language = article.lang.toLowerCase().split('-')[0];

  function voice() {
    return speechSynthesis.getVoices().find(({ lang }) => lang.toLowerCase().split(/[-_]/)[0] === language);
  }

  function offer() {
    button.hidden = !voice();
  }

  function label() {
    button.textContent = speechSynthesis.speaking ? button.dataset.stop : button.dataset.start;
  }

  button.addEventListener('click', () => {
    if (speechSynthesis.speaking) {
      speechSynthesis.cancel();
      label();
      return;
    }
    for (const part of article.querySelectorAll('h1, h2, p, li')) {
      const words = new SpeechSynthesisUtterance(part.textContent);
      words.voice = voice();
      words.lang = article.lang;
      words.onstart = label;
      words.onend = label;
      speechSynthesis.speak(words);
    }
    button.textContent = button.dataset.stop;
  });
  window.addEventListener('pagehide', () => speechSynthesis.cancel());
  speechSynthesis.addEventListener('voiceschanged', offer);
  offer();
})();

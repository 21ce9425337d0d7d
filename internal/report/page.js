// The page is whole without this script. It adds a filter over the findings and
// buttons that copy. It asks nothing of any network.
(() => {
  'use strict';
  const findings = [...document.querySelectorAll('article.finding')];
  const box = document.querySelector('[data-filter]');
  if (box && findings.length > 3) {
    const label = document.createElement('label');
    label.textContent = 'Filter ';
    const input = document.createElement('input');
    input.type = 'search';
    input.placeholder = 'rule, subject, text';
    label.append(input);
    const said = document.createElement('span');
    said.setAttribute('role', 'status');
    box.append(label, said);
    box.hidden = false;
    input.addEventListener('input', () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const f of findings) {
        const text = f.textContent.toLowerCase();
        f.hidden = !words.every((w) => text.includes(w));
        if (!f.hidden) shown++;
      }
      said.textContent = words.length ? `${shown} of ${findings.length} shown` : '';
    });
  }
  if (!navigator.clipboard) return;
  for (const source of document.querySelectorAll('[data-copy]')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', 'Copy ' + source.dataset.copy);
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    });
    source.after(button);
  }
})();

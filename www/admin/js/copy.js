import { h } from './dom.js';
import { copyFields, kindOf } from './identity-providers.js';

let serial = 0;

/** A read-only field with its Copy button. */
export function copyField({ label, value, hint }, whisper) {
  const id = `copy-${(serial += 1)}`;
  const input = h('input', {
    id,
    readonly: true,
    value,
    spellcheck: 'false',
    class: 'value',
    'aria-describedby': hint ? `${id}-hint` : null,
    focus: () => input.select(),
  });
  const button = h('button', { type: 'button', click: copy }, h('span', {}, 'Copy'), h('span', { class: 'unseen' }, ` ${label}`));
  let timer;

  async function copy() {
    const done = await toClipboard(input);
    button.firstChild.textContent = done ? 'Copied' : 'Press Ctrl+C';
    whisper(done ? `${label} copied.` : `${label} is selected. Press Ctrl+C to copy it.`);
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.firstChild.textContent = 'Copy';
    }, 2500);
  }

  return h(
    'div',
    { class: 'field' },
    h('label', { for: id }, label),
    hint ? h('p', { class: 'hint', id: `${id}-hint` }, hint) : null,
    h('div', { class: 'copy' }, input, button),
  );
}

async function toClipboard(input) {
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    // No clipboard without a secure context or the permission: leave the text selected.
    input.focus();
    input.select();
    return false;
  }
}

export function copyFieldsOf(kind, sp, whisper) {
  return h(
    'div',
    { class: 'copies' },
    h('p', {}, kindOf(kind).place),
    copyFields(kind, sp).map((field) => copyField(field, whisper)),
  );
}

import { h, marked } from './dom.js';

let serial = 0;

/**
 * A labelled control with room for a hint and an error, both tied to it by aria-describedby.
 * `pointer` is the JSON pointer by which the API names the field in its errors.
 */
function wrap({ name, label, hint, pointer = `/${name}` }, control, { read, write, inline = false, after = [] }) {
  const id = `field-${name}-${(serial += 1)}`;
  control.id = id;
  control.name = name;
  const hintText = hint ? h('p', { class: 'hint', id: `${id}-hint` }, hint) : null;
  const error = h('p', { class: 'error', id: `${id}-error`, hidden: true });
  const note = h('p', { class: 'note', id: `${id}-note`, hidden: true });
  const caption = h('label', { for: id }, label);
  const element = h(
    'div',
    { class: inline ? 'field inline' : 'field' },
    inline ? h('div', { class: 'choice' }, control, caption) : caption,
    hintText,
    inline ? null : control,
    error,
    note,
    after,
  );
  const describe = () => {
    const ids = [hintText, error, note].filter((part) => part && !part.hidden).map((part) => part.id);
    if (ids.length) control.setAttribute('aria-describedby', ids.join(' '));
    else control.removeAttribute('aria-describedby');
  };
  const say = (part) => (text) => {
    part.replaceChildren(...marked(text ?? ''));
    part.hidden = !text;
    describe();
  };
  const sayError = say(error);
  describe();
  return {
    name,
    label,
    pointer,
    control,
    element,
    read,
    write,
    setHint(text) {
      hintText.textContent = text;
    },
    setNote: say(note),
    setError(text) {
      sayError(text);
      if (text) control.setAttribute('aria-invalid', 'true');
      else control.removeAttribute('aria-invalid');
    },
  };
}

export function textField({ type = 'text', value = '', attributes = {}, ...rest }) {
  const control = h('input', { type, autocomplete: 'off', spellcheck: 'false', ...attributes });
  control.value = value;
  return wrap(rest, control, {
    read: () => control.value,
    write: (next) => {
      control.value = next;
    },
  });
}

export function areaField({ value = '', rows = 6, attributes = {}, after, ...rest }) {
  const control = h('textarea', { rows, spellcheck: 'false', autocomplete: 'off', ...attributes });
  control.value = value;
  return wrap(rest, control, {
    read: () => control.value,
    write: (next) => {
      control.value = next;
    },
    after,
  });
}

export function selectField({ value, options, ...rest }) {
  const control = h(
    'select',
    {},
    options.map(([key, text]) => h('option', { value: key }, text)),
  );
  control.value = value;
  return wrap(rest, control, {
    read: () => control.value,
    write: (next) => {
      control.value = next;
    },
  });
}

export function checkField({ value = false, ...rest }) {
  const control = h('input', { type: 'checkbox' });
  control.checked = value;
  return wrap(rest, control, {
    read: () => control.checked,
    write: (next) => {
      control.checked = next;
    },
    inline: true,
  });
}

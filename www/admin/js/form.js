import { h, marked } from './dom.js';

let serial = 0;

/**
 * A labelled control with room for a hint and an error, both tied to it by aria-describedby.
 * `pointer` is the JSON pointer by which the API names the field in its errors.
 */
function wrap({ name, label, hint, pointer = `/${name}` }, control, { read, write, inline = false, after = [] }) {
  const id = `field-${name}-${serial += 1}`;
  control.id = id;
  control.name = name;
  const hintText = hint ? h('p', { class: 'hint', id: `${id}-hint` }, hint) : null;
  const error = h('p', { class: 'error', id: `${id}-error`, hidden: true });
  const note = h('p', { class: 'note', id: `${id}-note`, hidden: true });
  const caption = h('label', { for: id }, label);
  const element = h('div', { class: inline ? 'field inline' : 'field' },
    inline ? h('div', { class: 'choice' }, control, caption) : caption,
    hintText, inline ? null : control, error, note, after);
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
    name, label, pointer, control, element, read, write,
    setHint(text) { hintText.textContent = text; },
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
  return wrap(rest, control, { read: () => control.value, write: (next) => { control.value = next; } });
}

export function areaField({ value = '', rows = 6, attributes = {}, after, ...rest }) {
  const control = h('textarea', { rows, spellcheck: 'false', autocomplete: 'off', ...attributes });
  control.value = value;
  return wrap(rest, control, { read: () => control.value, write: (next) => { control.value = next; }, after });
}

export function selectField({ value, options, ...rest }) {
  const control = h('select', {}, options.map(([key, text]) => h('option', { value: key }, text)));
  control.value = value;
  return wrap(rest, control, { read: () => control.value, write: (next) => { control.value = next; } });
}

export function checkField({ value = false, ...rest }) {
  const control = h('input', { type: 'checkbox' });
  control.checked = value;
  return wrap(rest, control, { read: () => control.checked, write: (next) => { control.checked = next; }, inline: true });
}

/**
 * A form whose checks are the server's: `novalidate`, then each field error beside its field, all of
 * them in a summary at the top, and the focus on the first. Place the fields with `place`.
 */
export function createForm({ fields, submit, submitLabel, busyLabel = 'Saving…', cancel }) {
  const summary = h('div', { class: 'summary' });
  const body = h('div', { class: 'body' });
  const button = h('button', { type: 'submit', class: 'main' }, submitLabel);
  let busy = false;
  let unsaved = false;
  const element = h('form', { novalidate: true, submit: send, input: () => { unsaved = true; } }, summary, body,
    h('div', { class: 'buttons' }, button, cancelControl(cancel, () => { unsaved = false; })));

  async function send(event) {
    event.preventDefault();
    if (busy) return;
    busy = true;
    clear();
    button.textContent = busyLabel;
    button.setAttribute('aria-disabled', 'true');
    try {
      await submit();
    } catch (problem) {
      showProblem(problem);
    } finally {
      busy = false;
      button.textContent = submitLabel;
      button.removeAttribute('aria-disabled');
    }
  }

  function clear() {
    summary.replaceChildren();
    for (const field of fields) { field.setError(null); field.setNote(null); }
  }

  /** `errors` as in problem details; those of no field of this form are told in the summary only. */
  function showErrors(errors, title) {
    clear();
    const bad = fields.filter((field) => errors.some((error) => error.pointer === field.pointer));
    const messages = (field) => errors.filter((error) => error.pointer === field.pointer).map((error) => error.message).join(' ');
    for (const field of bad) {
      field.setError(messages(field));
      // What is in a closed group could be neither seen nor focused.
      const group = field.control.closest('details');
      if (group) group.open = true;
    }
    const items = [
      ...bad.map((field) => h('li', {}, h('button', { type: 'button', class: 'link', click: () => field.control.focus() }, field.label), ': ', marked(messages(field)))),
      ...errors.filter((error) => !bad.some((field) => field.pointer === error.pointer))
        .map((error) => h('li', {}, marked(error.message), error.pointer ? ` (${error.pointer})` : '')),
    ];
    alert(title, items.length ? h('ul', {}, items) : null);
    bad[0]?.control.focus();
  }

  function showProblem(problem) {
    if (problem.name === 'AbortError') return;
    if (problem.status === 401) return tokenWanted();
    if (problem.errors?.length) return showErrors(problem.errors, problem.message);
    alert(problem.message);
  }

  /** The page answers this event with a dialog, then sends the form again. */
  function tokenWanted() {
    const ask = () => element.dispatchEvent(new CustomEvent('tokenwanted', { bubbles: true, detail: () => element.requestSubmit() }));
    alert('The server no longer accepts the set-up token',
      h('p', {}, 'Nothing was saved, and nothing you typed is lost. ', h('button', { type: 'button', class: 'link', click: ask }, 'Enter the token again')));
  }

  function alert(title, ...content) {
    summary.replaceChildren(h('div', { class: 'problem', role: 'alert' }, h('h2', {}, marked(title)), content));
    summary.scrollIntoView({ block: 'nearest' });
  }

  return {
    element, summary, showErrors, showProblem,
    unsaved: () => unsaved,
    saved() { unsaved = false; },
    place: (...content) => body.append(...content.filter(Boolean)),
    focusFirst: () => fields[0].control.focus(),
  };
}

function cancelControl(cancel, forget) {
  if (!cancel) return null;
  return typeof cancel === 'string'
    ? h('a', { class: 'button', href: cancel, click: forget }, 'Cancel')
    : h('button', { type: 'button', click: cancel }, 'Cancel');
}

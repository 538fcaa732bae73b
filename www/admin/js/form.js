import { h, marked } from './dom.js';

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
  const element = h(
    'form',
    {
      novalidate: true,
      submit: send,
      input: () => {
        unsaved = true;
      },
    },
    summary,
    body,
    h(
      'div',
      { class: 'buttons' },
      button,
      cancelControl(cancel, () => {
        unsaved = false;
      }),
    ),
  );

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
    for (const field of fields) {
      field.setError(null);
      field.setNote(null);
    }
  }

  /** `errors` as in problem details; those of no field of this form are told in the summary only. */
  function showErrors(errors, title) {
    clear();
    const bad = fields.filter((field) => errors.some((error) => error.pointer === field.pointer));
    const messages = (field) =>
      errors
        .filter((error) => error.pointer === field.pointer)
        .map((error) => error.message)
        .join(' ');
    for (const field of bad) {
      field.setError(messages(field));
      // What is in a closed group could be neither seen nor focused.
      const group = field.control.closest('details');
      if (group) group.open = true;
    }
    const items = [
      ...bad.map((field) =>
        h(
          'li',
          {},
          h('button', { type: 'button', class: 'link', click: () => field.control.focus() }, field.label),
          ': ',
          marked(messages(field)),
        ),
      ),
      ...errors
        .filter((error) => !bad.some((field) => field.pointer === error.pointer))
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
    const ask = () =>
      element.dispatchEvent(new CustomEvent('tokenwanted', { bubbles: true, detail: () => element.requestSubmit() }));
    alert(
      'The server no longer accepts the set-up token',
      h(
        'p',
        {},
        'Nothing was saved, and nothing you typed is lost. ',
        h('button', { type: 'button', class: 'link', click: ask }, 'Enter the token again'),
      ),
    );
  }

  function alert(title, ...content) {
    summary.replaceChildren(h('div', { class: 'problem', role: 'alert' }, h('h2', {}, marked(title)), content));
    summary.scrollIntoView({ block: 'nearest' });
  }

  return {
    element,
    summary,
    showErrors,
    showProblem,
    unsaved: () => unsaved,
    saved() {
      unsaved = false;
    },
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

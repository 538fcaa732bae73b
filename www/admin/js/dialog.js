import { h } from './dom.js';

/** Resolves to whether the action was confirmed. The safe answer has the focus. */
export function confirmed({ title, body, action }) {
  return new Promise((resolve) => {
    const answer = (value) => {
      dialog.remove();
      resolve(value);
    };
    const cancel = h('button', { type: 'button', click: () => answer(false) }, 'Cancel');
    const dialog = h(
      'dialog',
      { 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-body', close: () => answer(false) },
      h('h2', { id: 'confirm-title' }, title),
      h('p', { id: 'confirm-body' }, body),
      h('div', { class: 'buttons' }, h('button', { type: 'button', class: 'danger', click: () => answer(true) }, action), cancel),
    );
    document.body.append(dialog);
    dialog.showModal();
    cancel.focus();
  });
}

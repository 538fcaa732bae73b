import { h } from './dom.js';
import { textField } from './fields.js';
import { createForm } from './form.js';
import { request } from './api.js';
import { storeToken } from './token.js';

const notAccepted = 'The server does not accept this token. Copy it again, whole and without quotes.';

/** `done` is called once the server has accepted the token. */
function tokenForm({ done, refused = false, cancel }) {
  const token = textField({ name: 'token', label: 'Set-up token', type: 'password', attributes: { required: true } });
  const say = (message, title) => form.showErrors([{ pointer: token.pointer, message }], title);
  const form = createForm({
    fields: [token],
    submitLabel: 'Continue',
    busyLabel: 'Checking…',
    cancel,
    async submit() {
      const value = token.read().trim();
      if (!value) return say('Paste the set-up token here.', 'The token is missing');
      // No header can carry other characters, so it cannot be the server's token.
      if (!/^[\x20-\x7e]+$/.test(value)) return say(notAccepted, 'Token not accepted');
      try {
        await request('GET', ['accounts'], { query: { limit: 1 }, token: value });
      } catch (problem) {
        return problem.status === 401 ? say(notAccepted, 'Token not accepted') : form.showProblem(problem);
      }
      storeToken(value);
      done();
    },
  });
  form.place(token.element);
  if (refused) say(notAccepted, 'Token not accepted');
  return form;
}

export function tokenView({ done, refused }) {
  const form = tokenForm({ done, refused });
  return {
    title: 'Set-up token',
    content: [
      h(
        'div',
        { class: 'narrow' },
        h('h1', { tabindex: '-1' }, 'Open the admin page'),
        h('p', {}, 'This page works with the set-up token of this installation.'),
        form.element,
        h('h2', {}, 'Where to find it'),
        h(
          'ul',
          {},
          h(
            'li',
            {},
            'On your own machine, ',
            h('code', {}, 'npm start'),
            ' prints it, and a link that opens this page with it.',
          ),
          h(
            'li',
            {},
            'On Cloudflare it is the worker’s secret ',
            h('code', {}, 'SETUP_TOKEN'),
            ', which cannot be read back. Set a new one, of 16 characters or more, with ',
            h('code', {}, 'npx wrangler secret put SETUP_TOKEN'),
            '.',
          ),
        ),
        h('p', { class: 'muted' }, 'The token stays in this tab until you close it or choose “Forget token”.'),
      ),
    ],
    focus: () => form.focusFirst(),
  };
}

/** For a token that stopped being accepted while a form is open: what was typed stays underneath. */
export function askForToken() {
  return new Promise((resolve) => {
    const close = (accepted) => {
      dialog.remove();
      resolve(accepted);
    };
    const form = tokenForm({ done: () => close(true), cancel: () => close(false) });
    const dialog = h(
      'dialog',
      { 'aria-labelledby': 'ask-token', close: () => close(false) },
      h('h2', { id: 'ask-token' }, 'Enter the set-up token'),
      form.element,
    );
    document.body.append(dialog);
    dialog.showModal();
    form.focusFirst();
  });
}

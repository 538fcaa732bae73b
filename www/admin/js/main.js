import { h } from './dom.js';
import { address, link, match } from './router.js';
import { forgetToken, storedToken, takeTokenFromAddress } from './token.js';
import { askForToken, tokenView } from './token-form.js';
import { accountsView, firstView } from './accounts.js';
import { providersView } from './providers.js';
import { providerView } from './provider.js';
import { rulesView } from './rules.js';
import { providerAddView, providerEditView } from './provider-form.js';
import { usersView } from './users.js';
import { userView } from './user.js';
import { groupsView } from './groups.js';
import { groupView } from './group.js';
import { invitationsView } from './invitations.js';
import { apiKeyView, scimView } from './scim.js';
import { signInsView, signInView } from './sign-ins.js';
import { logView } from './logs.js';
import { explainView } from './explain.js';
import { keysView } from './keys.js';

const routes = [
  ['accounts', accountsView],
  ['accounts/:account', ({ account, go }) => go(['accounts', account, 'providers'], { replace: true })],
  ['accounts/:account/providers', providersView],
  ['accounts/:account/providers/new', providerAddView],
  ['accounts/:account/providers/:id', providerView],
  ['accounts/:account/providers/:id/edit', providerEditView],
  ['accounts/:account/providers/:id/rules', rulesView],
  ['accounts/:account/users', usersView],
  ['accounts/:account/users/:id', userView],
  ['accounts/:account/groups', groupsView],
  ['accounts/:account/groups/:id', groupView],
  ['accounts/:account/invitations', invitationsView],
  ['accounts/:account/scim', scimView],
  ['accounts/:account/api-keys/:id', apiKeyView],
  ['accounts/:account/sign-ins', signInsView],
  ['accounts/:account/sign-ins/:id', signInView],
  ['accounts/:account/audit-log', logView('audit-log')],
  ['accounts/:account/provisioning-log', logView('provisioning-log')],
  ['accounts/:account/events', logView('events')],
  ['accounts/:account/explain', explainView],
  ['accounts/:account/keys', keysView],
];
const sections = [
  ['providers', 'Providers'],
  ['users', 'Users'],
  ['groups', 'Groups'],
  ['invitations', 'Invitations'],
  ['scim', 'SCIM'],
  ['sign-ins', 'Sign-in log'],
  ['provisioning-log', 'Provisioning log'],
  ['audit-log', 'Audit log'],
  ['events', 'Events'],
  ['explain', 'Check a response'],
  ['keys', 'Keys'],
];

const part = (id) => document.getElementById(id);
let current = new AbortController();
let message = '';
let shownBefore = false;
// The view on screen, and those that were left with something unsaved, by address: Back finds it again.
let onScreen = {};
const left = new Map();

async function show() {
  takeTokenFromAddress();
  current.abort();
  const controller = (current = new AbortController());
  const here = location.hash;
  const { path, query } = address();
  const found = match(routes, path);
  const { account } = found?.parameters ?? {};
  drawFrame(account, path[2]);
  if (onScreen.unsaved?.()) left.set(onScreen.hash, onScreen);
  if (!storedToken()) return draw(tokenView({ done: show }), here);
  const kept = left.get(here);
  left.delete(here);
  if (kept?.unsaved()) {
    message = 'What you typed here is still there, and not saved.';
    return draw(kept, here, account);
  }
  // A save that ends, or a choice that is made, after somebody went elsewhere must not take them away from there.
  const go = (path, options = {}) => (location.hash === here ? goTo(path, options) : announce(options.text ?? ''));
  const context = { ...found?.parameters, query, signal: controller.signal, go, reload: show, announce, whisper };
  const waiting = setTimeout(() => {
    part('main').replaceChildren(h('p', { class: 'loading', role: 'status' }, 'Loading…'));
  }, 150);
  try {
    const view = path.length ? await (found?.view ?? missingView)(context) : await firstView(context);
    if (view && !controller.signal.aborted) draw(view, here, account);
  } catch (problem) {
    if (controller.signal.aborted) return;
    if (problem.status === 401) {
      forgetToken();
      drawFrame();
      draw(tokenView({ done: show, refused: true }), here);
    } else draw(problemView(problem), here, account);
  } finally {
    clearTimeout(waiting);
  }
}

/** Goes to another view, with a message for its top. With `replace`, Back does not lead here again. */
function goTo(path, { query, text = '', replace = false }) {
  message = text;
  const next = link(path, query);
  if (next === location.hash) show();
  else if (replace) {
    history.replaceState(null, '', next);
    show();
  } else location.hash = next;
}

function drawFrame(account, section) {
  const known = Boolean(account && storedToken());
  part('forget').hidden = !storedToken();
  part('account').hidden = !known;
  part('account').replaceChildren(
    h('span', {}, 'Account '),
    h('b', {}, account ?? ''),
    ' ',
    h('a', { href: link(['accounts']) }, 'Change'),
  );
  part('sections').hidden = !known;
  part('sections').replaceChildren(
    h(
      'ul',
      {},
      sections.map(([name, label]) =>
        h(
          'li',
          {},
          h('a', { href: link(['accounts', account ?? '', name]), 'aria-current': name === (section === 'api-keys' ? 'scim' : section) ? 'page' : null }, label),
        ),
      ),
    ),
  );
}

/** `here` is the address that the view was made for. */
function draw(view, here, account) {
  const { title, content, focus } = view;
  onScreen = { ...view, hash: here };
  document.title = [title, account, 'Postern'].filter(Boolean).join(' · ');
  part('main').replaceChildren(...content.filter(Boolean));
  announce(message);
  message = '';
  // A reader of the screen is told of a new view by the focus on its heading; the first one is read anyway.
  if (focus) focus();
  else if (shownBefore) {
    part('main').querySelector('h1')?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  shownBefore = true;
}

function announce(text) {
  part('status').textContent = text;
}

/** For what the eye sees anyway. */
function whisper(text) {
  part('whisper').textContent = text;
}

function problemView(problem) {
  const missing = problem.status === 404;
  return {
    title: missing ? 'Not found' : 'Problem',
    content: [
      h(
        'div',
        { class: 'narrow' },
        h('h1', { tabindex: '-1' }, missing ? 'Not found' : 'That did not work'),
        h('p', { role: 'alert' }, problem.message),
        h(
          'p',
          {},
          missing ? null : h('button', { type: 'button', click: show }, 'Try again'),
          ' ',
          h('a', { href: link(['accounts']) }, 'All accounts'),
        ),
      ),
    ],
  };
}

function missingView() {
  return problemView({ status: 404, message: 'There is no such view on this page.' });
}

part('main').addEventListener('tokenwanted', async ({ detail: again }) => {
  if (await askForToken()) again();
});
part('forget').addEventListener('click', () => {
  forgetToken();
  left.clear();
  onScreen = {};
  show();
});
addEventListener('beforeunload', (event) => {
  if (onScreen.unsaved?.()) event.preventDefault();
});
part('skip').addEventListener('click', (event) => {
  event.preventDefault();
  part('main').focus();
});
// A file that misses the drop zone would replace the page, and with it what was typed.
for (const type of ['dragover', 'drop']) {
  addEventListener(type, (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
}
addEventListener('hashchange', show);
show();

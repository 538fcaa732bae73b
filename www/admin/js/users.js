import { badge, definitions, h, heading, table } from './dom.js';
import { request } from './api.js';
import { time } from './format.js';
import { link } from './router.js';
import { pager } from './pages.js';

const managers = { jit: 'JIT', scim: 'SCIM', invitation: 'Invitation', admin: 'Admin' };

export async function usersView({ account, query, signal, go }) {
  const path = ['accounts', account, 'users'];
  const { data } = await request('GET', path, { query, signal });
  return {
    title: 'Users',
    content: [
      heading('Users'),
      search(path, query, go),
      data.items.length ? list(path, data.items) : empty(account, query),
      pager(path, query, data.nextCursor),
    ],
  };
}

function search(path, query, go) {
  const input = h('input', { type: 'search', id: 'email', name: 'email', value: query.email, autocomplete: 'off', spellcheck: 'false', autocapitalize: 'none' });
  const send = (event) => {
    event.preventDefault();
    go(path, { query: { email: input.value.trim() } });
  };
  return h('form', { class: 'bar-form', role: 'search', submit: send },
    h('div', { class: 'field' }, h('label', { for: 'email' }, 'E-mail'), input),
    h('button', { type: 'submit' }, 'Search'),
    query.email ? h('a', { class: 'button', href: link(path) }, 'Show all') : null);
}

function list(path, users) {
  return table('Users of this account', ['E-mail', 'Name', 'State', 'Managed by', 'Last sign-in'], users.map((user) => [
    h('a', { href: link([...path, user.id]) }, user.email), nameOf(user), state(user),
    managers[user.managedBy] ?? user.managedBy, user.lastSignInAt ? time(user.lastSignInAt) : 'Never']));
}

function empty(account, { email, cursor }) {
  if (email) return h('p', { class: 'empty' }, `No user with “${email}” in the e-mail address. If they tried to sign in, the `, h('a', { href: link(['accounts', account, 'sign-ins']) }, 'sign-in log'), ' says what happened.');
  if (cursor) return h('p', { class: 'empty' }, 'No more users.');
  return h('p', { class: 'empty' }, 'No user yet. The first one appears when somebody signs in through a ', h('a', { href: link(['accounts', account, 'providers']) }, 'provider'), ' with JIT provisioning on.');
}

const nameOf = (user) => user.displayName || [user.givenName, user.familyName].filter(Boolean).join(' ') || null;
const state = (user) => (user.active ? badge('good', 'Active') : badge('off', 'Deactivated'));

export async function userView({ account, id, signal }) {
  const path = ['accounts', account, 'users'];
  const { data: user } = await request('GET', [...path, id], { signal });
  return {
    title: user.email,
    content: [
      h('p', { class: 'crumb' }, h('a', { href: link(path) }, 'Users')),
      heading(user.email),
      h('p', { class: 'badges' }, state(user)),
      definitions([
        ['Display name', user.displayName],
        ['Given name', user.givenName],
        ['Family name', user.familyName],
        ['Managed by', managers[user.managedBy] ?? user.managedBy],
        ['Groups', (user.groups ?? []).map((group) => group.name ?? group)],
        ['Last sign-in', user.lastSignInAt ? time(user.lastSignInAt) : 'Never'],
        ['Created', time(user.createdAt)],
        ['Changed', time(user.updatedAt)],
        ['Id', h('code', {}, user.id)],
      ]),
    ],
  };
}

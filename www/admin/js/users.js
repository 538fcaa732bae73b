import { badge, h, heading, table } from './dom.js';
import { request } from './api.js';
import { textField } from './fields.js';
import { createForm } from './form.js';
import { time } from './format.js';
import { link } from './router.js';
import { pager } from './pages.js';

export const managers = { jit: 'JIT', scim: 'SCIM', invitation: 'Invitation', admin: 'Admin' };

export async function usersView({ account, query, signal, go }) {
  const path = ['accounts', account, 'users'];
  const form = search(path, query, go);
  const view = { title: 'Users', content: [heading('Users'), form.element] };
  try {
    const { data } = await request('GET', path, { query, signal });
    view.content.push(data.items.length ? list(path, data.items) : empty(account, query), pager(path, query, data.nextCursor));
  } catch (problem) {
    // Not an e-mail address: the form says so, and stays.
    if (problem.status !== 400 || !query.email) throw problem;
    view.focus = () => form.showErrors([{ pointer: '/email', message: problem.message }], 'That cannot be searched for');
  }
  return view;
}

function search(path, query, go) {
  const email = textField({
    name: 'email',
    label: 'E-mail',
    value: query.email,
    hint: 'The whole address, in upper or lower case.',
    attributes: { autocapitalize: 'none' },
  });
  const form = createForm({
    fields: [email],
    submitLabel: 'Search',
    busyLabel: 'Searching…',
    submit: () => go(path, { query: { email: email.read().trim() } }),
  });
  form.place(email.element, query.email ? h('p', {}, h('a', { href: link(path) }, 'Show all')) : null);
  form.element.classList.add('search');
  return form;
}

function list(path, users) {
  return table(
    'Users of this account',
    ['E-mail', 'Name', 'State', 'Managed by', 'Last sign-in'],
    users.map((user) => [
      h('a', { href: link([...path, user.id]) }, user.email),
      nameOf(user),
      state(user),
      managers[user.managedBy] ?? user.managedBy,
      user.lastSignInAt ? time(user.lastSignInAt) : 'Never',
    ]),
  );
}

function empty(account, { email, cursor }) {
  if (email)
    return h(
      'p',
      { class: 'empty' },
      `No user has the e-mail address “${email}”. If they tried to sign in, the `,
      h('a', { href: link(['accounts', account, 'sign-ins']) }, 'sign-in log'),
      ' says what happened.',
    );
  if (cursor) return h('p', { class: 'empty' }, 'No more users.');
  return h(
    'p',
    { class: 'empty' },
    'No user yet. The first one appears when somebody signs in through a ',
    h('a', { href: link(['accounts', account, 'providers']) }, 'provider'),
    ' with JIT provisioning on.',
  );
}

const nameOf = (user) => user.displayName || [user.givenName, user.familyName].filter(Boolean).join(' ') || null;
export const state = (user) => (user.active ? badge('good', 'Active') : badge('off', 'Deactivated'));

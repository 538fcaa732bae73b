import { definitions, h, heading, section, table } from './dom.js';
import { request } from './api.js';
import { confirmed } from './dialog.js';
import { time } from './format.js';
import { link } from './router.js';
import { pager } from './pages.js';
import { troubleOf } from './trouble.js';
import { managers, state } from './users.js';

export async function userView(context) {
  const { account, id, query, signal, reload } = context;
  const path = ['accounts', account, 'users'];
  const [{ data: user, etag }, { data: access }] = await Promise.all([
    request('GET', [...path, id], { signal }),
    request('GET', [...path, id, 'access'], { query, signal }),
  ]);
  const trouble = troubleOf('user', reload);
  return {
    title: user.email,
    content: [
      h('p', { class: 'crumb' }, h('a', { href: link(path) }, 'Users')),
      heading(user.email, actions(context, [...path, id], user, etag, trouble)),
      h('p', { class: 'badges' }, state(user)),
      trouble.element,
      definitions([
        ['Display name', user.displayName],
        ['Given name', user.givenName],
        ['Family name', user.familyName],
        ['Managed by', managers[user.managedBy] ?? user.managedBy],
        ['Groups', groups(account, user)],
        ['Last sign-in', user.lastSignInAt ? time(user.lastSignInAt) : 'Never'],
        ['Created', time(user.createdAt)],
        ['Changed', time(user.updatedAt)],
        ['Id', h('code', {}, user.id)],
      ]),
      section('What they may do, and why', may(account, access), pager([...path, id], query, access.nextCursor)),
    ],
  };
}

function groups(account, user) {
  const links = user.groups.map(({ id, name }) => h('a', { href: link(['accounts', account, 'groups', id]) }, name));
  return links.length ? h('span', {}, links.flatMap((one, index) => (index ? [', ', one] : [one]))) : null;
}

function may(account, { items }) {
  if (!items.length) return h('p', { class: 'empty' }, 'Nothing: no role reaches them. Put them into a group that has one.');
  return table(
    'By the roles of their groups',
    ['Role', 'Because they are in', 'Permissions'],
    items.map(({ role, group, permissions }) => [role.name, h('a', { href: link(['accounts', account, 'groups', group.id]) }, group.name), permissions]),
  );
}

function actions({ account, go, reload, announce }, path, user, etag, trouble) {
  const change = (body, text) => () =>
    trouble.attempt(async () => {
      await request('PATCH', path, { etag, body });
      await reload();
      announce(text);
    });
  const remove = async () => {
    const sure = await confirmed({
      title: `Remove ${user.email}?`,
      body: 'They are signed out and lose their groups. JIT provisioning does not bring them back; SCIM or an invitation can.',
      action: `Remove ${user.email}`,
    });
    if (!sure) return removeButton.focus();
    await trouble.attempt(async () => {
      await request('DELETE', path, { etag });
      go(['accounts', account, 'users'], { text: `${user.email} is removed.`, replace: true });
    });
  };
  const button = (label, click) => h('button', { type: 'button', click }, label);
  const removeButton = h('button', { type: 'button', class: 'danger', click: remove }, 'Remove');
  return [
    user.active
      ? button('Deactivate', change({ active: false }, `${user.email} is deactivated and signed out everywhere.`))
      : button('Reactivate', change({ active: true }, `${user.email} may sign in again, with groups and roles as they were.`)),
    user.managedBy === 'scim' || !user.active
      ? null
      : button('Hand over to SCIM', change({ managedBy: 'scim' }, `${user.email} is changed over SCIM from now on.`)),
    removeButton,
  ];
}

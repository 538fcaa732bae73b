import { definitions, h, heading, section, table } from './dom.js';
import { request } from './api.js';
import { confirmed } from './dialog.js';
import { checkField, selectField, textField } from './fields.js';
import { createForm } from './form.js';
import { time } from './format.js';
import { managerOf } from './groups.js';
import { link } from './router.js';
import { pager } from './pages.js';
import { rolesOf } from './roles.js';
import { troubleOf } from './trouble.js';

export async function groupView(context) {
  const { account, id, query, signal, reload, announce } = context;
  const path = ['accounts', account, 'groups', id];
  const [{ data: group, etag }, { data: members }, { data: providers }] = await Promise.all([
    request('GET', path, { signal }),
    request('GET', [...path, 'members'], { query, signal }),
    request('GET', ['accounts', account, 'providers'], { signal }),
  ]);
  const trouble = troubleOf('group', reload);
  const saved = async (text) => {
    await reload();
    announce(text);
  };
  const isNative = group.managedBy === 'native';
  return {
    title: group.name,
    content: [
      h('p', { class: 'crumb' }, h('a', { href: link(path.slice(0, 3)) }, 'Groups')),
      heading(group.name, isNative ? removeButton(context, path, group, etag, trouble) : null),
      h('p', { class: 'badges' }, managerOf(group)),
      trouble.element,
      definitions([
        ['Identifier', h('code', {}, group.identifier)],
        ['Follows', followed(group, providers.items)],
        ['Created', time(group.createdAt)],
        ['Changed', time(group.updatedAt)],
      ]),
      isNative ? null : h('p', { class: 'explain' }, 'An identity provider pushes this group over SCIM: its name and its members are changed there. Roles are given to it here.'),
      section('Roles', await rolesOf(context, group, trouble)),
      section('Members', memberTable(path, members, { isNative, trouble, saved }), pager(path, query, members.nextCursor), isNative ? addMember(account, path, saved).element : null),
      isNative ? section('Name', rename(path, group, etag, saved).element) : null,
      isNative ? section('Follow a group of an IdP', follow(path, group, etag, providers.items, saved).element) : null,
    ],
  };
}

function followed({ link: linked }, providers) {
  if (!linked) return 'Nothing: its members are put into it here';
  const provider = providers.find(({ id }) => id === linked.providerId);
  return `“${linked.samlGroup}” of ${provider?.name ?? linked.providerId}`;
}

function memberTable(path, { items }, { isNative, trouble, saved }) {
  if (!items.length) return h('p', { class: 'empty' }, 'Nobody is in this group.');
  const remove = (member) =>
    trouble.attempt(async () => {
      await request('DELETE', [...path, 'members', member.id]);
      await saved(`${member.email} is no longer in the group.`);
    });
  return table(
    'Members of this group',
    ['E-mail', 'Name', 'Since', ...(isNative ? ['Take out'] : [])],
    items.map((member) => [
      h('a', { href: link([...path.slice(0, 2), 'users', member.id]) }, member.email),
      member.displayName,
      time(member.addedAt),
      ...(isNative
        ? [h('button', { type: 'button', click: () => remove(member) }, 'Take out', h('span', { class: 'unseen' }, ` ${member.email}`))]
        : []),
    ]),
  );
}

function addMember(account, path, saved) {
  const email = textField({
    name: 'email',
    label: 'Put somebody into it',
    hint: 'The whole e-mail address of a user of this account.',
    attributes: { autocapitalize: 'none' },
  });
  const form = createForm({
    fields: [email],
    submitLabel: 'Put in',
    busyLabel: 'Putting in…',
    async submit() {
      const wanted = email.read().trim();
      const { data } = await request('GET', ['accounts', account, 'users'], { query: { email: wanted || ' ' } });
      const [user] = data.items;
      if (!user) return form.showErrors([{ pointer: '/email', message: 'No user has this e-mail address.' }], 'Nobody was put in');
      await request('PUT', [...path, 'members', user.id]);
      form.saved();
      await saved(`${user.email} is in the group.`);
    },
  });
  form.place(email.element);
  return form;
}

function rename(path, group, etag, saved) {
  const name = textField({ name: 'name', label: 'Name', value: group.name, attributes: { maxlength: 256, required: true } });
  const form = createForm({
    fields: [name],
    submitLabel: 'Rename',
    busyLabel: 'Renaming…',
    async submit() {
      await request('PATCH', path, { etag, body: { name: name.read().trim() } });
      form.saved();
      await saved('The group is renamed. Its identifier stays.');
    },
  });
  form.place(name.element);
  return form;
}

/** With authorization on at the provider, its members are then those whom the IdP names at sign-in. */
function follow(path, group, etag, providers, saved) {
  const provider = selectField({
    name: 'provider',
    pointer: '/link/providerId',
    label: 'Identity provider',
    value: group.link?.providerId ?? '',
    options: [['', 'None: members are put in here'], ...providers.map(({ id, name }) => [id, name])],
  });
  const samlGroup = textField({
    name: 'samlGroup',
    pointer: '/link/samlGroup',
    label: 'Group there',
    value: group.link?.samlGroup,
    hint: 'As the IdP writes it in the groups attribute: a name, or with Entra ID an object id.',
  });
  const dropMembers = checkField({ name: 'dropMembers', label: 'Take everybody out who is in it now', hint: 'When it stops following a group.' });
  const form = createForm({
    fields: [provider, samlGroup, dropMembers],
    submitLabel: 'Save',
    async submit() {
      const providerId = provider.read();
      const body = { link: providerId ? { providerId, samlGroup: samlGroup.read().trim() || null } : null };
      if (dropMembers.read()) body.dropMembers = true;
      await request('PATCH', path, { etag, body });
      form.saved();
      await saved(providerId ? 'The group follows the IdP from the next sign-in on, while authorization is on there.' : 'The group follows nothing.');
    },
  });
  form.place(provider.element, samlGroup.element, group.link ? dropMembers.element : null);
  return form;
}

function removeButton({ account, go }, path, group, etag, trouble) {
  const remove = async () => {
    const sure = await confirmed({
      title: `Delete the group “${group.name}”?`,
      body: 'Its members stay users, without what its roles gave them. This cannot be undone.',
      action: `Delete “${group.name}”`,
    });
    if (!sure) return button.focus();
    await trouble.attempt(async () => {
      await request('DELETE', path, { etag });
      go(['accounts', account, 'groups'], { text: `Group “${group.name}” deleted.`, replace: true });
    });
  };
  const button = h('button', { type: 'button', class: 'danger', click: remove }, 'Delete');
  return button;
}

import { h, table } from './dom.js';
import { request } from './api.js';
import { selectField } from './fields.js';
import { createForm } from './form.js';

/** Every item of a list of the API, page after page. */
async function all(path, signal) {
  const items = [];
  let cursor = '';
  do {
    const { data } = await request('GET', path, { query: { limit: 200, cursor }, signal });
    items.push(...data.items);
    cursor = data.nextCursor;
  } while (cursor);
  return items;
}

/** The roles of a group, and how to give it one more. */
export async function rolesOf({ account, signal, reload, announce }, group, trouble) {
  const of = (noun) => ['accounts', account, noun];
  const [bindings, roles, resources] = await Promise.all(['role-bindings', 'roles', 'resource-groups'].map((noun) => all(of(noun), signal)));
  const nameOf = (list, id) => list.find((item) => item.id === id)?.name ?? id;
  const own = bindings.filter(({ principal }) => principal.type === 'group' && principal.id === group.id);
  const saved = async (text) => {
    await reload();
    announce(text);
  };
  const remove = (binding) =>
    trouble.attempt(async () => {
      await request('DELETE', [...of('role-bindings'), binding.id], { etag: `"${binding.version}"` });
      await saved(`The group no longer has the role ${nameOf(roles, binding.role)}.`);
    });
  return [
    own.length
      ? table(
          'What members of this group may do',
          ['Role', 'With', 'Where', 'Take away'],
          own.map((binding) => [
            nameOf(roles, binding.role),
            nameOf(resources, binding.resourceGroup),
            binding.scope?.type === 'account' || !binding.scope ? 'The account' : `${binding.scope.type} ${binding.scope.id}`,
            h('button', { type: 'button', click: () => remove(binding) }, 'Take away', h('span', { class: 'unseen' }, ` ${nameOf(roles, binding.role)}`)),
          ]),
        )
      : h('p', { class: 'empty' }, 'This group has no role: being in it gives nothing.'),
    giveRole(of, group, roles, resources, saved).element,
  ];
}

function giveRole(of, group, roles, resources, saved) {
  const choices = (list) => list.map(({ id, name }) => [id, name]);
  const role = selectField({ name: 'role', label: 'Role', value: '_app_user', options: choices(roles) });
  const resourceGroup = selectField({ name: 'resourceGroup', label: 'With', value: '_all_resources', options: choices(resources) });
  const form = createForm({
    fields: [role, resourceGroup],
    submitLabel: 'Give the role',
    busyLabel: 'Giving…',
    async submit() {
      const principal = { type: 'group', id: group.id };
      await request('POST', of('role-bindings'), { body: { principal, role: role.read(), resourceGroup: resourceGroup.read() } });
      form.saved();
      await saved(`Members of “${group.name}” have the role from their next request on.`);
    },
  });
  form.place(role.element, resourceGroup.element);
  return form;
}

// Every change of the admin API, to be counted and to be tried while D1 fails:
// `[name, [steps before], step, status of doing it again, D1 calls]`. Those of the account, of metadata and of keys are in
// journeys.mjs. A step is `[method, path below the account, body]`; `$0` stands for the id of what the first step made, `$p` for the
// provider's. All are of a first version.

const group = ['POST', '/groups', { name: 'Engineering' }];
const linked = ['POST', '/groups', { name: 'Engineering', link: { providerId: '$p', samlGroup: 'engineering' } }];
const user = ['POST', '/users', { email: 'grace@example.com' }];
const member = ['PUT', '/groups/$0/members/$1'];
const bound = ['POST', '/role-bindings', { principal: { type: 'group', id: '$0' }, role: 'App User' }];
const invitation = ['POST', '/invitations', { email: 'grace@example.com', groups: ['$0'] }];
const role = ['POST', '/roles', { name: 'Reader', permissions: ['users:view'] }];
const some = ['POST', '/resource-groups', { name: 'Some', resources: [{ type: 'provider', id: '$p' }] }];
const organization = ['POST', '/organizations', { name: 'Research' }];
const project = ['POST', '/projects', { name: 'Rocket', organization: '$0' }];
const serviceAccount = ['POST', '/service-accounts', { name: 'Bot', roles: ['Provisioner', 'App User'] }];
const apiKey = ['POST', '/api-keys', { name: 'Key', owner: { type: 'serviceAccount', id: '$0' } }];
const token = ['POST', '/api-keys/$1/tokens', { name: 'Token' }];
const rules = { jit: { rules: [{ conditions: [{ on: { attribute: 'department' }, operator: 'present' }], effect: 'admit', groups: ['$0'] }] } };
const patch = (path, json) => ['PATCH', path, json];
const remove = (path) => ['DELETE', path];
const renamed = { name: 'Renamed' };

export const changes = [
  ['a group is made', [], group, 409, 2],
  ['a linked group is made', [], linked, 409, 2],
  ['a group is renamed', [group], patch('/groups/$0', renamed), 412, 2],
  ['a group is linked', [group], patch('/groups/$0', { link: { providerId: '$p', samlGroup: 'engineering' } }), 412, 2],
  ['a group is unlinked and emptied', [linked, user, member], patch('/groups/$0', { link: null, dropMembers: true }), 412, 2],
  ['a group is deleted with members and bindings', [group, user, member, bound], remove('/groups/$0'), 404, 2],
  ['a member is added', [group, user], member, 204, 2],
  ['a member is removed', [group, user, member], remove('/groups/$0/members/$1'), 204, 2],
  ['a user is made', [], user, 409, 1],
  ['a user is changed', [user], patch('/users/$0', { email: 'hopper@example.com', givenName: 'Grace' }), 412, 2],
  ['a user is deactivated', [user], patch('/users/$0', { active: false }), 412, 2],
  ['a user is handed over to SCIM', [user], patch('/users/$0', { managedBy: 'scim' }), 412, 2],
  ['a user is deleted with memberships', [group, user, member], remove('/users/$1'), 404, 2],
  ['a removed user is let in again', [user, remove('/users/$0')], remove('/removed-users/$0'), 404, 2],
  ['an invitation is made', [group], invitation, 409, 2],
  ['an invitation is deleted', [group, invitation], remove('/invitations/$1'), 404, 2],
  ['a role is made', [], role, 409, 2],
  ['a role is changed', [role], patch('/roles/$0', { permissions: ['users:view', 'users:manage'] }), 412, 3],
  ['a role is deleted', [role], remove('/roles/$0'), 404, 2],
  ['a resource group is made', [], some, 409, 2],
  ['a resource group is changed', [some], patch('/resource-groups/$0', { resources: [] }), 412, 3],
  ['a resource group is deleted', [some], remove('/resource-groups/$0'), 404, 2],
  ['a role binding is made', [group], bound, 409, 2],
  ['a role binding is changed', [group, bound], patch('/role-bindings/$1', { role: 'Provisioner' }), 412, 3],
  ['a role binding is deleted', [group, bound], remove('/role-bindings/$1'), 404, 2],
  ['an organization is made', [], organization, 409, 2],
  ['an organization is changed', [organization], patch('/organizations/$0', renamed), 412, 3],
  ['an organization is deleted', [organization], remove('/organizations/$0'), 404, 2],
  ['a project is made', [organization], project, 409, 2],
  ['a project is changed', [organization, project], patch('/projects/$1', renamed), 412, 3],
  ['a project is deleted', [organization, project], remove('/projects/$1'), 404, 2],
  ['a service account is made with roles', [], serviceAccount, 409, 2],
  ['a service account is changed', [serviceAccount], patch('/service-accounts/$0', renamed), 412, 3],
  ['a service account is deleted with all that is its', [serviceAccount, apiKey, token], remove('/service-accounts/$0'), 404, 2],
  ['an API key is made', [serviceAccount], apiKey, 201, 2],
  ['an API key is changed', [serviceAccount, apiKey], patch('/api-keys/$1', renamed), 412, 3],
  ['an API key is deleted with its tokens', [serviceAccount, apiKey, token], remove('/api-keys/$1'), 404, 2],
  ['a token is made', [serviceAccount, apiKey], token, 201, 2],
  ['a token is revoked', [serviceAccount, apiKey, token], remove('/api-keys/$1/tokens/$2'), 404, 2],
  ['a provider is given rules', [group], patch('/providers/$p', rules), 412, 2],
  ['a provider becomes a legacy one', [], patch('/providers/$p', { generation: 'legacy' }), 412, 2],
  ['an account is renamed, and SCIM may take over who came just in time', [], patch('?', { ...renamed, adoptJitUsers: true }), 412, 2],
  ['a dry run', [], ['POST', '/providers/$p/dry-run', { jit: { enabled: false } }], 200, 3],
  ['a preview', [group, user, member, bound], ['POST', '/access/preview', { removeGroup: '$0' }], 200, 3],
];

/** Does steps of an account in turn. Resolves to `step(step, options)`, which does one more and resolves to its answer. */
export async function after(account, steps) {
  const ids = [];
  const step = ([method, path, json], options) => {
    const named = (text) => text?.replaceAll('$p', account.provider.id).replaceAll(/\$(\d)/g, (_, at) => ids[at]);
    const body = json && JSON.parse(named(JSON.stringify(json)));
    return account.admin(method, named(path), body, { version: method === 'POST' || method === 'PUT' ? undefined : 1, ...options });
  };
  for (const one of steps) {
    const { status, body } = await step(one);
    if (status >= 300) throw new Error(`${one[0]} ${one[1]}: ${JSON.stringify(body)}`);
    if (status === 201) ids.push(body.id);
  }
  return step;
}

// What a SCIM client does, to be tried while D1 fails and to be counted. Each journey is
//   prepare(client)                makes what it starts from
//   act(client, context, options)  sends the request, with a fault or without, and resolves to the answer
//   success                        the status when all is well
//   calls                          how many D1 calls it makes then: 1 to read, 2 to write
//   again                          the status of the same once more after it has been done, if it is another one
import { ENTERPRISE, GROUP, USER, bulkOf, membersOf, patchOf, searchFor } from '../support/scim.mjs';

const ADA = { schemas: [USER], userName: 'ada@example.com', externalId: 'x-ada', name: { givenName: 'Ada' }, emails: [{ value: 'ada@example.com', type: 'work', primary: true }] };

const people = async (client) => {
  const [ada, bob] = [await client.createUser('ada@example.com', ADA), await client.createUser('bob@example.com')];
  return { ada: ada.id, bob: bob.id, group: (await client.createGroup('Staff', [ada.id], { externalId: 'x-staff' })).id };
};
const read = (path, status = 200) => ({
  calls: 1,
  success: status,
  prepare: people,
  act: (client, context, options) => client.send('GET', typeof path === 'string' ? path : path(context), undefined, options),
});
const filter = (type, text, more = '') => `/${type}?filter=${encodeURIComponent(text)}${more}`;
const write = (method, path, body, journey) => ({
  calls: 2,
  success: method === 'DELETE' ? 204 : 200,
  prepare: people,
  act: (client, context, options) => client.send(method, typeof path === 'string' ? path : path(context), typeof body === 'function' ? body(context) : body, options),
  ...journey,
});
const user = ({ ada }) => `/Users/${ada}`;
const group = ({ group: id }) => `/Groups/${id}`;
const noBody = { success: 204 };

export const reads = {
  'a user by id': read(user),
  'a user by userName': read(filter('Users', 'userName eq "ADA@example.com"')),
  'a user by externalId': read(filter('Users', 'externalId eq "x-ada"')),
  'a user by work e-mail': read(filter('Users', 'emails[type eq "work"].value eq "ada@example.com"')),
  'a user who is not there': read(filter('Users', 'userName eq "nobody@example.com"')),
  'whether somebody has a manager': read(({ ada, bob }) => filter('Users', `id eq "${ada}" and ${ENTERPRISE}:manager.value eq "${bob}"`, '&attributes=id')),
  'users whose name begins so': read(filter('Users', 'userName sw "ad"')),
  'users who were changed since': read(filter('Users', 'meta.lastModified gt "2020-01-01T00:00:00Z"')),
  'users by what has no index': read(filter('Users', 'name.givenName eq "Ada"')),
  'the first users': read('/Users?startIndex=1&count=100'),
  'users after the last': read('/Users?startIndex=1001&count=100'),
  'how many users there are': read('/Users?count=0'),
  'users by cursor': read('/Users?cursor&count=10'),
  'users in an order': read('/Users?sortBy=userName'),
  'a group by id': read(group),
  'a group without its members': read((context) => `${group(context)}?excludedAttributes=members`),
  'a group by name': read(filter('Groups', 'displayName eq "STAFF"', '&excludedAttributes=members')),
  'a group by externalId': read(filter('Groups', 'externalId eq "x-staff"')),
  'whether somebody is a member': read(({ ada, group: id }) => filter('Groups', `id eq "${id}" and members eq "${ada}"`, '&excludedAttributes=members')),
  'the groups of somebody': read(({ ada }) => filter('Groups', `members.value eq "${ada}"`, '&excludedAttributes=members')),
  'groups': read('/Groups?startIndex=1&count=100'),
  'a search': { ...read(''), act: (client, _, options) => client.send('POST', '/Users/.search', searchFor({ filter: 'userName eq "ada@example.com"' }), options) },
  'what there can be': read('/ServiceProviderConfig'),
  'the schemas': read('/Schemas'),
  'the resource types': read('/ResourceTypes'),
};

export const writes = {
  'a user is made': write('POST', '/Users', ADA, { success: 201, again: 409, prepare: undefined }),
  'a user is replaced': write('PUT', user, { ...ADA, title: 'Analyst' }),
  'a user is changed': write('PATCH', user, patchOf({ op: 'Replace', path: 'name.familyName', value: 'Lovelace' })),
  'a user is renamed': write('PATCH', user, patchOf({ op: 'replace', value: { userName: 'ada.l@example.com' } })),
  'a user is deactivated': write('PATCH', user, patchOf({ op: 'Replace', path: 'active', value: 'False' })),
  'a user is changed, if still of that version': write('PATCH', user, patchOf({ op: 'add', path: 'title', value: 'Analyst' }), {
    again: 412,
    act: (client, { ada }, options) => client.send('PATCH', `/Users/${ada}`, patchOf({ op: 'add', path: 'title', value: 'Analyst' }), { ...options, version: 1 }),
  }),
  'a user is deleted': write('DELETE', user, undefined, { again: 404 }),
  'a group is made': write('POST', '/Groups', ({ ada }) => ({ schemas: [GROUP], displayName: 'Made', members: membersOf(ada) }), { success: 201, again: 409 }),
  'a group is replaced': write('PUT', group, ({ bob }) => ({ schemas: [GROUP], displayName: 'Renamed', members: membersOf(bob) })),
  'a group is renamed': write('PATCH', group, patchOf({ op: 'replace', path: 'displayName', value: 'Renamed' }), noBody),
  'a member is added': write('PATCH', group, ({ bob }) => patchOf({ op: 'add', path: 'members', value: membersOf(bob) }), noBody),
  'a member is added along with the name': write('PATCH', group, ({ bob, group: id }) =>
    patchOf({ op: 'replace', value: { id, displayName: 'Staff' } }, { op: 'add', path: 'members', value: membersOf(bob) }), noBody),
  'a member is removed': write('PATCH', group, ({ ada }) => patchOf({ op: 'Remove', path: 'members', value: membersOf(ada) }), noBody),
  'all members are replaced': write('PATCH', group, ({ bob }) => patchOf({ op: 'replace', path: 'members', value: membersOf(bob) }), noBody),
  'all members are removed': write('PATCH', group, patchOf({ op: 'remove', path: 'members' }), noBody),
  'a member is added, if still of that version': write('PATCH', group, undefined, {
    success: 204,
    again: 412,
    act: (client, { group: id, bob }, options) => client.send('PATCH', `/Groups/${id}`, patchOf({ op: 'add', path: 'members', value: membersOf(bob) }), { ...options, version: 1 }),
  }),
  'a group is deleted': write('DELETE', group, undefined, { again: 404 }),
};

export const journeys = { ...reads, ...writes };

/** One request for several operations: each is a journey of its own. */
export const bulk = (context) => bulkOf([
  { method: 'POST', path: '/Users', bulkId: 'eve', data: { schemas: [USER], userName: 'eve@example.com' } },
  { method: 'POST', path: '/Groups', bulkId: 'team', data: { schemas: [GROUP], displayName: 'Team', members: membersOf('bulkId:eve', context.ada) } },
  { method: 'PATCH', path: `/Users/${context.bob}`, data: patchOf({ op: 'replace', path: 'title', value: 'Clerk' }) },
]);

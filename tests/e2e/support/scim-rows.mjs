// How many rows each request of Okta and Entra reads in an account that `load` of scim-million.mjs has filled.
import assert from 'node:assert/strict';
import { ENTERPRISE, USER, membersOf, patchOf } from './scim.mjs';
import { Player, parts } from './scim-traffic.mjs';

/** Sizes of account that are compared, and so many rows more or less are the same. */
export const SIZES = [1_000, 1_000_000];
export const ABOUT = 5;

const filter = (type, text, more = '') => `/${type}?filter=${encodeURIComponent(text)}${more}`;

/** What is asked of people and groups in the middle of all, besides the exchanges of client-traffic.json. */
function ofMany({ person, group }, users) {
  const [one, other, last, team] = [person(users / 2), person(users / 2 + 50), person(users - 1), group(Math.floor(users / 16))];
  const change = (path, ...operations) => ['PATCH', path, patchOf(...operations)];
  return {
    'a user by userName': ['GET', filter('Users', `userName eq "${one.userName.toUpperCase()}"`)],
    'a user by externalId': ['GET', filter('Users', `externalId eq "${one.externalId}"`)],
    'a user by work e-mail': ['GET', filter('Users', `emails[type eq "work"].value eq "${one.userName}"`)],
    'a user by id': ['GET', `/Users/${last.id}`],
    'a group by name': ['GET', filter('Groups', `displayName eq "${team.displayName}"`, '&excludedAttributes=members')],
    'a group by externalId': ['GET', filter('Groups', `externalId eq "${team.externalId}"`, '&excludedAttributes=members')],
    'a group without its members': ['GET', `/Groups/${team.id}?excludedAttributes=members`],
    'a group with its members': ['GET', `/Groups/${team.id}`],
    'whether somebody is a member': ['GET', filter('Groups', `id eq "${team.id}" and members eq "${one.id}"`, '&excludedAttributes=members')],
    'whether somebody has a manager': ['GET', filter('Users', `id eq "${one.id}" and ${ENTERPRISE}:manager.value eq "${other.id}"`, '&attributes=id')],
    'how many users there are': ['GET', '/Users?startIndex=1&count=0'],
    'the first page of users': ['GET', '/Users?startIndex=1&count=100'],
    'the second page of users': ['GET', '/Users?startIndex=101&count=100'],
    'a page past the last user': ['GET', `/Users?startIndex=${users * 2}&count=100`],
    'the first page of users by cursor': ['GET', '/Users?cursor&count=100'],
    'the first page of groups': ['GET', '/Groups?startIndex=1&count=100&excludedAttributes=members'],
    'nobody changed lately': ['GET', filter('Users', `meta.lastModified gt "${new Date(Date.now() + 1e9).toISOString()}"`)],
    'a user is deactivated': change(`/Users/${one.id}`, { op: 'Replace', path: 'active', value: 'False' }),
    'a user is changed': change(`/Users/${one.id}`, { op: 'Replace', path: 'name.givenName', value: 'Other' }),
    'a user is replaced': ['PUT', `/Users/${one.id}`, { schemas: [USER], userName: one.userName, active: true }],
    'a member is added': change(`/Groups/${team.id}`, { op: 'Add', path: 'members', value: membersOf(other.id) }),
    'a member is added again': change(`/Groups/${team.id}`, { op: 'Add', path: 'members', value: membersOf(other.id) }),
    'a member is removed': change(`/Groups/${team.id}`, { op: 'Remove', path: 'members', value: membersOf(other.id) }),
    'all members are replaced': change(`/Groups/${team.id}`, { op: 'replace', path: 'members', value: membersOf(one.id, other.id) }),
    'a group is renamed': change(`/Groups/${team.id}`, { op: 'replace', path: 'displayName', value: 'Renamed' }),
    'a user is deleted': ['DELETE', `/Users/${one.id}`],
    'a group is deleted': ['DELETE', `/Groups/${team.id}`],
  };
}

/** The exchanges of client-traffic.json; a page that is past the end there is past the end here. */
function ofTraffic(users) {
  return [...parts.Okta, ...parts.Entra].map((exchange) => ({ ...exchange, path: exchange.path.replace('startIndex=100001', `startIndex=${users * 2}`) }));
}

/** Sends every request, in order. Resolves to `[{ what, rows, calls }]`; every one is answered as it should be. */
export async function rowsOfRequests(client, people, users) {
  const rows = [];
  for (const [what, [method, path, json]] of Object.entries(ofMany(people, users))) {
    const { status, body, rowsRead, d1Calls } = await client.send(method, path, json);
    assert.ok([200, 204].includes(status), `${what}: ${status} ${JSON.stringify(body)?.slice(0, 500)}`);
    rows.push({ what, rows: rowsRead, calls: d1Calls });
  }
  const player = new Player(client);
  for (const exchange of ofTraffic(users)) {
    const { rowsRead, d1Calls } = await player.play(exchange);
    rows.push({ what: `${exchange.id}: ${exchange.step}`, rows: rowsRead, calls: d1Calls });
  }
  return rows;
}

/** An import as Okta does it: pages by startIndex until all are seen. Resolves to `{ users, rows, ids }`. */
export async function importWalk(client, count = 100) {
  let [total, rows, startIndex] = [Infinity, 0, 1];
  const ids = [];
  while (startIndex <= total) {
    const { status, body, rowsRead } = await client.send('GET', `/Users?startIndex=${startIndex}&count=${count}`);
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body.startIndex, body.itemsPerPage], [startIndex, body.Resources.length]);
    assert.ok(body.Resources.length > 0, 'a page before the end has somebody on it');
    total = body.totalResults;
    startIndex += body.Resources.length;
    rows += rowsRead;
    ids.push(...body.Resources.map(({ id }) => id));
  }
  return { users: total, rows, ids };
}

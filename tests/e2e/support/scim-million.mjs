// An account of SCIM as large as they come, by SQL: pushing a million users would take hours.

/** So many users one statement makes. */
const AT_ONCE = 50_000;
/** So many users are in one group: a thousand users then have more groups than a page. */
const GROUP = 8;

/** Numbers from the second parameter on, below the third. D1 binds a number as a float. */
const NUMBERS = 'WITH RECURSIVE n(i) AS (SELECT CAST(?2 AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?3)';
/** Ids of the length of ours, older than any that is made now. */
const id = (kind, number) => `printf('00${kind}%023d', ${number})`;

const STATEMENTS = {
  users: `INSERT INTO users (account_id, id, email, email_folded, given_name, family_name, display_name, active, managed_by, created_at, updated_at, version,
      user_name, user_name_folded, external_id, external_owner, scim)
    ${NUMBERS} SELECT ?1, ${id('u', 'i')}, email, lower(email), 'Person', 'No. ' || i, 'Person No. ' || i, 1, 'scim', 1000, 1000, 1, email, lower(email), 'x-' || i, ?4,
      json_object('userName', email, 'name', json_object('givenName', 'Person', 'familyName', 'No. ' || i), 'displayName', 'Person No. ' || i, 'active', json('true'),
        'emails', json_array(json_object('value', email, 'type', 'work', 'primary', json('true'))))
    FROM (SELECT i, 'Person.' || i || '@example.com' AS email FROM n)`,
  groups: `INSERT INTO groups (account_id, id, name, name_folded, identifier, managed_by, created_at, updated_at, version, external_id, external_owner)
    ${NUMBERS} SELECT ?1, ${id('g', 'i')}, 'Group ' || i, 'group ' || i, 'Group_' || i, 'scim', 1000, 1000, 1, 'x-' || i, ?4 FROM n`,
  members: `INSERT INTO group_members (account_id, group_id, user_id, added_at)
    ${NUMBERS} SELECT ?1, ${id('g', `i / ${GROUP}`)}, ${id('u', 'i')}, 1000 FROM n`,
};

/**
 * Puts `users` users of SCIM into a client's account through `d1`, a D1 binding, in groups of eight unless they shall be in none,
 * as this client would have. Resolves to what they are known by: `person(number)` is `{ id, userName, externalId }`, `group(number)` is `{ id,
 * displayName, externalId }`.
 */
export async function load(d1, client, users, { grouped = true } = {}) {
  const rows = async (name, count, ...more) => {
    for (let from = 0; from < count; from += AT_ONCE) {
      await d1.prepare(STATEMENTS[name]).bind(client.account.id, from, Math.min(from + AT_ONCE, count), ...more).run();
    }
  };
  await rows('users', users, client.owner);
  if (grouped) {
    await rows('groups', Math.ceil(users / GROUP), client.owner);
    await rows('members', users);
  }
  const idOf = (kind, number) => `00${kind}${String(number).padStart(23, '0')}`;
  return {
    person: (number) => ({ id: idOf('u', number), userName: `Person.${number}@example.com`, externalId: `x-${number}` }),
    group: (number) => ({ id: idOf('g', number), displayName: `Group ${number}`, externalId: `x-${number}` }),
  };
}

// An account as large as they come, by SQL: making a million users by signing them in would take a day.

/** So many rows one statement makes: on a busy machine too, workerd has to have done it before it gives up. */
const AT_ONCE = 20_000;
/** So many users are in one team; and of so many one in five is in an office. */
const TEAM = 20;
const OFFICE = 5_000;
/** Of the NameIDs, as signers here have them. */

const FORMAT = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const GIVEN = ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Tony', 'Radia', 'Leslie', 'Margaret', 'Ken', 'Frances', 'Dennis', 'Hedy', 'Niklaus', 'Anita', 'John'];
const FAMILY = ['Lovelace', 'Hopper', 'Turing', 'Dijkstra', 'Liskov', 'Hoare', 'Perlman', 'Lamport', 'Hamilton', 'Thompson', 'Allen', 'Ritchie', 'Lamarr', 'Wirth', 'Borg', 'Backus'];

/** Numbers from the second parameter on, below the third. D1 binds a number as a float. */
const NUMBERS = 'WITH RECURSIVE n(i) AS (SELECT CAST(?2 AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?3)';
/** Ids like ours, older than any that is made now; `kind` is a letter of their alphabet. */
const id = (kind, number) => `printf('00${kind}%023d', ${number})`;
const oneOf = (names, number) => `json_extract('${JSON.stringify(names)}', '$[' || (${number}) || ']')`;
const NAMES = `${oneOf(GIVEN, 'i % 16')} AS given, ${oneOf(FAMILY, 'i / 16 % 16')} AS family`;

const STATEMENTS = {
  users: `INSERT INTO users (account_id, id, email, email_folded, given_name, family_name, display_name, active, managed_by, created_at, updated_at, last_sign_in_at, version)
    ${NUMBERS} SELECT ?1, ${id('p', 'i')}, given || '.' || family || i || '@example.com', lower(given || '.' || family || i || '@example.com'),
    given, family, given || ' ' || family, 1, 'jit', 1, 1, 1, 1 FROM (SELECT i, ${NAMES} FROM n)`,
  links: `INSERT INTO user_links (account_id, provider_id, name_id, user_id, created_at)
    ${NUMBERS} SELECT ?1, ?4, '${FORMAT} employee-' || i, ${id('p', 'i')}, 1 FROM n WHERE i % 10 <> 9`,
  teams: `INSERT INTO groups (account_id, id, name, name_folded, identifier, managed_by, created_at, updated_at, version)
    ${NUMBERS} SELECT ?1, ${id('t', 'i')}, 'Team ' || i, 'team ' || i, 'Team_' || i, 'native', 1, 1, 1 FROM n`,
  offices: `INSERT INTO groups (account_id, id, name, name_folded, identifier, managed_by, created_at, updated_at, version)
    ${NUMBERS} SELECT ?1, ${id('q', 'i')}, 'Office ' || i, 'office ' || i, 'Office_' || i, 'native', 1, 1, 1 FROM n`,
  inTeams: `INSERT INTO group_members (account_id, group_id, user_id, added_at)
    ${NUMBERS} SELECT ?1, ${id('t', `i / ${TEAM}`)}, ${id('p', 'i')}, 1 FROM n`,
  inOffices: `INSERT INTO group_members (account_id, group_id, user_id, added_at)
    ${NUMBERS} SELECT ?1, ${id('q', `i / ${OFFICE}`)}, ${id('p', 'i')}, 1 FROM n WHERE i % 5 = 0`,
};

/**
 * Puts `users` users into an account through `d1`, a D1 binding: each in a team of twenty, every fifth in an office of a
 * thousand, and nine of ten linked to `account.provider`. Resolves to what they are known by:
 * `person(number)` is `{ id, email, nameId }`, `nameId` being null for one of ten, who has never signed in; `teams` and
 * `offices` are ids of groups.
 */
export async function load(d1, account, users) {
  const rows = async (name, count, ...more) => {
    for (let from = 0; from < count; from += AT_ONCE) {
      await d1.prepare(STATEMENTS[name]).bind(account.id, from, Math.min(from + AT_ONCE, count), ...more).run();
    }
  };
  const [teams, offices] = [Math.ceil(users / TEAM), Math.ceil(users / OFFICE)];
  await rows('users', users);
  await rows('links', users, account.provider.id);
  await rows('teams', teams);
  await rows('offices', offices);
  await rows('inTeams', users);
  await rows('inOffices', users);
  const idOf = (kind, number) => `00${kind}${String(number).padStart(23, '0')}`;
  return {
    person(number) {
      const email = `${GIVEN[number % 16]}.${FAMILY[Math.floor(number / 16) % 16]}${number}@example.com`;
      return { id: idOf('p', number), email, nameId: number % 10 === 9 ? null : `employee-${number}` };
    },
    teams: Array.from({ length: teams }, (_, number) => idOf('t', number)),
    offices: Array.from({ length: offices }, (_, number) => idOf('q', number)),
  };
}

/** Of a user: groups that they are in, and what these are bound to. */
const GROUPS = 100;
export const BINDINGS = 1_000;

const GRANTS = [
  `INSERT INTO groups (account_id, id, name, name_folded, identifier, managed_by, created_at, updated_at, version)
   ${NUMBERS} SELECT ?1, ${id('g', 'i')}, 'Access ' || i, 'access ' || i, 'Access_' || i, 'native', 1, 1, 1 FROM n WHERE i < ${GROUPS}`,
  `INSERT INTO group_members (account_id, group_id, user_id, added_at) ${NUMBERS} SELECT ?1, ${id('g', 'i')}, ?4, 1 FROM n WHERE i < ${GROUPS}`,
  `INSERT INTO records (account_id, id, kind, name, settings, created_at, updated_at, version) ${NUMBERS}
   SELECT ?1, ${id('r', 'i')}, 'role', 'Role ' || i, json_object('permissions', json_array('app:access')), 1, 1, 1 FROM n WHERE i < ${BINDINGS / GROUPS - 1}`,
  `INSERT INTO records (account_id, id, kind, name, settings, created_at, updated_at, version) ${NUMBERS}
   SELECT ?1, ${id('b', 'i')}, 'roleBinding', '', json_object('principal', json_object('type', 'group', 'id', ${id('g', `i % ${GROUPS}`)}),
   'role', CASE i / ${GROUPS} WHEN ${BINDINGS / GROUPS - 1} THEN '_account_viewer' ELSE ${id('r', `i / ${GROUPS}`)} END,
   'resourceGroup', '_all_resources', 'scope', json_object('type', 'account')), 1, 1, 1 FROM n`,
];

/**
 * Puts a user into a hundred groups with ten role bindings each, so that a thousand reach them: of nine roles of the
 * account's own, and of Account Viewer.
 */
export async function bind(d1, account, user) {
  for (const sql of GRANTS) {
    const values = [account.id, 0, BINDINGS, user].slice(0, sql.includes('?4') ? 4 : 3);
    await d1.prepare(sql).bind(...values).run();
  }
}

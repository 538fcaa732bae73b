// Requests that are refused, for scim-errors.test.mjs. A case is
//   [what, method, path, body, status, scimType, options]
// where path and body may be functions of what there is (`ada`, `bob`, `staff`, and `theirs` of another account), `body` is
// JSON or `raw(type, text)`, and `options` are those of `ScimClient.send`.
import { ENTERPRISE, GROUP, USER, bulkOf, membersOf, patchOf, searchFor } from '../support/scim.mjs';

export const raw = (type, body) => ({ raw: { type, body } });
const SCIM = 'application/scim+json';
const MIB = 2 ** 20;

const filters = (type, texts) => texts.map((text) => [`filter ${text.slice(0, 80)}`, 'GET', `/${type}?filter=${encodeURIComponent(text)}`, undefined, 400, 'invalidFilter']);
const nested = (depth) => `${'('.repeat(depth)}userName eq "x"${')'.repeat(depth)}`;

export const malformedFilters = [
  ...filters('Users', [
    'userName', 'userName eq', 'eq "x"', '"x" eq userName', 'userName eq "x', 'userName eq \'x\'', 'userName "x"', 'userName eq "x" and', 'and userName eq "x"',
    'userName eq "x" userName eq "y"', 'userName eq "x" or or userName eq "y"', '(userName eq "x"', 'userName eq "x")', '()', 'not', 'not (userName eq "x"',
    'userName == "x"', 'userName like "x"', 'userName eq "\\q"', 'userName eq "\\u12"', 'userName eq "\\ud800"', 'userName eq {"a": 1}', 'userName eq [1]', 'userName pr "x"',
    'emails[type eq "work"', 'emails[type eq "work"]]', 'emails[].value eq "x"', 'emails[type eq "work"].', 'emails[type eq "work"]value eq "x"', 'emails.[type eq "work"]',
    'emails[type eq "work" and emails[type eq "home"]]', '.userName eq "x"', 'name. givenName eq "x"', 'name..givenName eq "x"', 'userName eq "x"\u0000', 'userName\u00a0eq "x"',
  ]),
  ...filters('Groups', ['displayName', 'displayName eq', 'members[value eq "x"', 'displayName eq "x" and (']),
];

export const unknownInFilters = [
  ...filters('Users', [
    'nosuch eq "x"', 'nosuch pr', 'name.nosuch eq "x"', 'userName.value eq "x"', 'emails[nosuch eq "x"]', 'emails[type eq "work"].nosuch eq "x"', 'urn:nosuch:User:title eq "x"',
    `${USER}:nosuch eq "x"`, `${ENTERPRISE}:nosuch eq "x"`, `${USER}`, 'members eq "x"', 'password eq "x"', 'password pr', 'userName eq "x" or nosuch eq "x"', 'userName eq "x" and nosuch eq "x"',
  ]),
  ...filters('Groups', ['nosuch eq "x"', 'userName eq "x"', 'members.nosuch eq "x"']),
];

export const operatorsThatDoNotFit = filters('Users', [
  'active gt true', 'active sw "t"', 'active eq "maybe"', 'active eq 1', 'active gt null', 'meta.lastModified gt "yesterday"', 'meta.lastModified gt 5',
  'meta.lastModified sw "2020"', 'x509Certificates.value gt "x"', 'emails[primary gt true]', 'name eq "x"', 'userName gt null',
]);

export const limitsOfFilters = filters('Users', [nested(11), `userName eq "${'x'.repeat(2_040)}"`, Array(500).fill('id pr').join(' or ')]);

export const injections = filters('Users', ['userName eq "x"; DROP TABLE users', 'userName eq "x" OR 1=1', 'userName eq "x" or 1 eq 1', '1 eq 1', "' OR ''='", 'userName eq "x" -- ', 'userName eq "x") UNION SELECT * FROM users --']);

const get = (path, scimType = 'invalidValue') => [`GET ${path}`, 'GET', path, undefined, 400, scimType];
export const malformedQueries = [
  get('/Users?startIndex=abc'), get('/Users?startIndex=1.5'), get('/Users?count=many'), get('/Users?count=1e2'), get('/Users?cursor&count=many', 'invalidCount'),
  get('/Users?cursor=nonsense', 'invalidCursor'), get('/Groups?cursor=AAAA', 'invalidCursor'), get('/Users?cursor=%22', 'invalidCursor'), get(`/Users?cursor=${'x'.repeat(2_000)}`, 'invalidCursor'),
  get('/Users?sortOrder=sideways&sortBy=userName'), get('/Users?sortBy=nosuch'), get('/Users?attributes=nosuch'), get('/Users?excludedAttributes=nosuch'),
  get('/Groups?attributes=nosuch'), get('/Users?attributes=userName&excludedAttributes=title'),
  [`GET of a user with attributes that there are not`, 'GET', ({ ada }) => `/Users/${ada}?attributes=nosuch`, undefined, 400, 'invalidValue'],
  ['a search with a bad filter', 'POST', '/Users/.search', searchFor({ filter: 'nosuch eq "x"' }), 400, 'invalidFilter'],
  ['a search whose filter is an object', 'POST', '/.search', searchFor({ filter: {} }), 400, 'invalidSyntax'],
  ['a search whose count is no number', 'POST', '/Groups/.search', searchFor({ count: 'x' }), 400, 'invalidValue'],
  ['a search that is a list', 'POST', '/.search', [], 400, 'invalidSyntax'],
];

const onAda = ({ ada }) => `/Users/${ada}`;
const onStaff = ({ staff }) => `/Groups/${staff}`;
const operation = (what, op, scimType, path = onAda) => [`PATCH ${what}`, 'PATCH', path, typeof op === 'function' ? (all) => patchOf(op(all)) : patchOf(op), 400, scimType];
const atPath = (path) => operation(`at ${JSON.stringify(path)}`, { op: 'replace', path, value: 'x' }, 'invalidPath');

export const brokenPaths = [
  ...[
    'nosuch', 'name.nosuch', 'name.givenName.x', 'name..givenName', '.name', 'name.', 'emails[type eq "work"', 'emails[type eq "work"].nosuch', 'emails[nosuch eq "x"].value', 'emails[].value',
    'emails[type eq].value', 'emails[type eq "work"]value', 'emails[type eq "work"] .value', 'emails]value', 'name[givenName eq "x"]', 'userName[value eq "x"]', 'emails[type eq "work"].value.x',
    'emails[type eq "work"][type eq "home"]', 'urn:x:y', `${USER}:`, `${USER}:nosuch`, `${ENTERPRISE}:nosuch`, 'members', 'title; DROP TABLE users', "title' OR 1=1 --", `title${'x'.repeat(2_048)}`,
  ].map(atPath),
  ...['nosuch', 'members[nosuch eq "x"]', 'members[value eq "x"', 'userName'].map((path) => operation(`of a group at ${path}`, { op: 'remove', path }, 'invalidPath', onStaff)),
  operation('at a number', { op: 'replace', path: 5, value: 'x' }, 'invalidSyntax'),
  operation('that removes without a path', { op: 'remove' }, 'noTarget'),
  operation('that removes without a path, of a group', { op: 'remove' }, 'noTarget', onStaff),
];

const patchBody = (what, body, scimType = 'invalidSyntax') => [`PATCH ${what}`, 'PATCH', onAda, body, 400, scimType];
export const wrongShapes = [
  patchBody('of no operations', { schemas: patchOf().schemas }),
  patchBody('of operations that are no list', { schemas: patchOf().schemas, Operations: {} }),
  patchBody('of an operation that is none', patchOf('add')),
  patchBody('without op', patchOf({ path: 'title', value: 'x' })),
  patchBody('of an op that is none', patchOf({ op: 'frobnicate', path: 'title', value: 'x' })),
  patchBody('that is a list', []),
  operation('that adds nothing', { op: 'add', path: 'title' }, 'invalidSyntax'),
  operation('without a path, of a text', { op: 'replace', value: 'x' }, 'invalidSyntax'),
  operation('of an attribute that there is not', { op: 'add', value: { nosuch: 'x' } }, 'invalidSyntax'),
  ...['POST', 'PUT'].flatMap((method) => {
    const path = method === 'POST' ? '/Users' : onAda;
    const body = (what, sent, scimType = 'invalidSyntax') => [`${method} ${what}`, method, path, sent, 400, scimType];
    return [
      body('of what is no JSON', raw(SCIM, '{')),
      body('of nothing', raw(SCIM, '')),
      body('of what is no UTF-8', raw(SCIM, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))),
      body('of a list', []),
      body('of a text', raw(SCIM, '"ada"')),
      body('of JSON nested too deep', raw(SCIM, `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`)),
      body('without a userName', { schemas: [USER] }, 'invalidValue'),
      body('with an empty userName', { schemas: [USER], userName: '' }, 'invalidValue'),
      body('with an attribute that there is not', { schemas: [USER], userName: 'new', nosuch: 1 }, 'invalidSyntax'),
    ];
  }),
];

const typed = (attributes, scimType = 'invalidValue') => [
  [`POST ${JSON.stringify(attributes)}`, 'POST', '/Users', { schemas: [USER], userName: 'new@example.com', ...attributes }, 400, scimType],
  ...Object.entries(attributes).map(([path, value]) => operation(`${path} = ${JSON.stringify(value)}`, { op: 'replace', path, value }, scimType)),
];
export const wrongTypes = [
  ...typed({ userName: {} }), ...typed({ userName: ['a', 'b'] }), ...typed({ active: 'maybe' }), ...typed({ active: 1 }), ...typed({ title: {} }), ...typed({ displayName: [{}] }), ...typed({ name: 'Ada' }),
  ...typed({ emails: 5 }), ...typed({ emails: [5] }), ...typed({ emails: [{ value: {} }] }), ...typed({ emails: [{ value: 'a@example.com', primary: 'maybe' }] }), ...typed({ profileUrl: {} }),
  ...typed({ emails: [{ value: 'a@example.com', primary: true }, { value: 'b@example.com', primary: true }] }), ...typed({ x509Certificates: [{ value: '%%%' }] }),
  ...typed({ [ENTERPRISE]: 'x' }),
  ['POST of an unknown sub-attribute', 'POST', '/Users', { schemas: [USER], userName: 'new', name: { nosuch: 'x' } }, 400, 'invalidSyntax'],
  ['POST of an unknown attribute of the extension', 'POST', '/Users', { schemas: [USER, ENTERPRISE], userName: 'new', [ENTERPRISE]: { nosuch: 'x' } }, 400, 'invalidSyntax'],
  ['POST of a group without a name', 'POST', '/Groups', { schemas: [GROUP] }, 400, 'invalidValue'],
  ['POST of a group with an empty name', 'POST', '/Groups', { schemas: [GROUP], displayName: '' }, 400, 'invalidValue'],
  ['POST of a group whose name is an object', 'POST', '/Groups', { schemas: [GROUP], displayName: {} }, 400, 'invalidValue'],
  ['POST of a group whose members are a number', 'POST', '/Groups', { schemas: [GROUP], displayName: 'New', members: 5 }, 400, 'invalidValue'],
  ['POST of a group with a member that is a number', 'POST', '/Groups', { schemas: [GROUP], displayName: 'New', members: [5] }, 400, 'invalidValue'],
  operation('members = a number', { op: 'add', path: 'members', value: 5 }, 'invalidValue', onStaff),
  operation('a name of a group that is empty', { op: 'replace', path: 'displayName', value: '' }, 'invalidValue', onStaff),
];

export const readOnly = [
  operation('of the id', { op: 'replace', path: 'id', value: 'x' }, 'mutability'),
  operation('of meta', { op: 'replace', path: 'meta.created', value: '2020-01-01T00:00:00Z' }, 'mutability'),
  operation('of the groups of a user', ({ staff }) => ({ op: 'add', path: 'groups', value: membersOf(staff) }), 'mutability'),
  operation('that removes the groups of a user', { op: 'remove', path: 'groups' }, 'mutability'),
  operation('that removes the id', { op: 'remove', path: 'id' }, 'mutability'),
  operation('that removes the userName', { op: 'remove', path: 'userName' }, 'mutability'),
  operation('of the id of a group', { op: 'replace', path: 'id', value: 'x' }, 'mutability', onStaff),
  operation('that removes the name of a group', { op: 'remove', path: 'displayName' }, 'mutability', onStaff),
  operation('of who a member is', ({ ada, bob }) => ({ op: 'replace', path: `members[value eq "${ada}"].value`, value: bob }), 'mutability', onStaff),
  operation('of the name of a manager', { op: 'replace', path: `${ENTERPRISE}:manager.displayName`, value: 'x' }, 'mutability'),
];

const taken = (what, method, path, body) => [what, method, path, body, 409, 'uniqueness'];
export const duplicates = [
  taken('POST of a userName in other case', 'POST', '/Users', { schemas: [USER], userName: 'ADA@Example.com' }),
  taken('POST of an e-mail that another has', 'POST', '/Users', { schemas: [USER], userName: 'other', emails: [{ value: 'Ada@example.com', primary: true }] }),
  taken('POST of an externalId that another has', 'POST', '/Users', { schemas: [USER], userName: 'other@example.com', externalId: 'x-ada' }),
  taken('PUT of a userName that another has', 'PUT', ({ bob }) => `/Users/${bob}`, { schemas: [USER], userName: 'aDa@example.com' }),
  taken('PATCH of a userName that another has', 'PATCH', ({ bob }) => `/Users/${bob}`, patchOf({ op: 'replace', path: 'userName', value: 'ADA@example.com' })),
  taken('PATCH of an externalId that another has', 'PATCH', ({ bob }) => `/Users/${bob}`, patchOf({ op: 'replace', path: 'externalId', value: 'x-ada' })),
  taken('PATCH of an e-mail that another has', 'PATCH', ({ bob }) => `/Users/${bob}`, patchOf({ op: 'add', path: 'emails', value: [{ value: 'ADA@example.com', primary: true }] })),
  taken('POST of a group of a name in other case', 'POST', '/Groups', { schemas: [GROUP], displayName: 'STAFF' }),
  taken('POST of a group of an externalId that another has', 'POST', '/Groups', { schemas: [GROUP], displayName: 'New', externalId: 'x-staff' }),
  taken('PUT of a name that another group has', 'PUT', ({ team }) => `/Groups/${team}`, { schemas: [GROUP], displayName: 'staff' }),
  taken('PATCH of a name that another group has', 'PATCH', ({ team }) => `/Groups/${team}`, patchOf({ op: 'replace', value: { displayName: 'staff' } })),
  taken('POST of a user whom an admin made', 'POST', '/Users', { schemas: [USER], userName: 'Native@example.com' }),
  taken('POST of a user whose e-mail is that of one whom an admin made', 'POST', '/Users', { schemas: [USER], userName: 'x', emails: [{ value: 'native@example.com' }] }),
];
export const managedElsewhere = [
  ['PUT of a user whom an admin made', 'PUT', ({ native }) => `/Users/${native}`, { schemas: [USER], userName: 'native@example.com' }, 409, 'mutability'],
  ['PATCH of a user whom an admin made', 'PATCH', ({ native }) => `/Users/${native}`, patchOf({ op: 'replace', path: 'active', value: false }), 409, 'mutability'],
  ['DELETE of a user whom an admin made', 'DELETE', ({ native }) => `/Users/${native}`, undefined, 409, 'mutability'],
];

const operations = (count) => Array.from({ length: count }, (_, index) => ({ method: 'DELETE', path: `/Users/none-${index}` }));
const someone = (bulkId, more) => ({ method: 'POST', path: '/Users', bulkId, data: { schemas: [USER, ENTERPRISE], userName: `${bulkId}@example.com`, ...more } });
const bulk = (what, body, scimType = 'invalidSyntax') => [`Bulk ${what}`, 'POST', '/Bulk', body, 400, scimType];
export const bulks = [
  ['Bulk of 1,001 operations', 'POST', '/Bulk', bulkOf(operations(1_001)), 413, undefined],
  bulk('of operations that are no list', bulkOf({})),
  bulk('without operations', { schemas: bulkOf([]).schemas }),
  bulk('of an operation without a method', bulkOf([{ path: '/Users' }])),
  bulk('of an operation that reads', bulkOf([{ method: 'GET', path: '/Users' }])),
  bulk('of two of one bulkId', bulkOf([someone('a'), someone('a')])),
  bulk('whose failOnErrors is no number', bulkOf([someone('a')], { failOnErrors: 'x' }), 'invalidValue'),
];

export const limits = [
  ['a body over 1 MiB', 'POST', '/Users', raw(SCIM, JSON.stringify({ schemas: [USER], userName: 'new@example.com', title: 'x'.repeat(MIB) })), 413, undefined],
  ['a body of PATCH over 1 MiB', 'PATCH', onStaff, raw(SCIM, JSON.stringify(patchOf({ op: 'add', path: 'members', value: membersOf('x'.repeat(MIB)) }))), 413, undefined],
  ['1,001 operations of a PATCH', 'PATCH', onAda, patchOf(...Array(1_001).fill({ op: 'replace', path: 'title', value: 'x' })), 413, undefined],
  ['a value of more than 4,096 characters', 'POST', '/Users', { schemas: [USER], userName: 'new@example.com', title: 'x'.repeat(4_097) }, 400, 'invalidValue'],
  ['a user of more than 64 KiB', 'POST', '/Users', { schemas: [USER], userName: 'new@example.com', emails: Array.from({ length: 2_000 }, (_, index) => ({ value: `new-${index}@mail.example.com` })) }, 413, undefined],
];

export const mediaTypes = ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/merge-patch+json'].flatMap((type) => [
  [`POST of ${type}`, 'POST', '/Users', raw(type, JSON.stringify({ schemas: [USER], userName: 'new@example.com' })), 415, undefined],
  [`PATCH of ${type}`, 'PATCH', onAda, raw(type, JSON.stringify(patchOf({ op: 'replace', path: 'title', value: 'x' }))), 415, undefined],
]);

const everyMethod = (what, path, data) => [
  [`GET of ${what}`, 'GET', path, undefined, 404, undefined],
  [`PUT of ${what}`, 'PUT', path, data, 404, undefined],
  [`PATCH of ${what}`, 'PATCH', path, patchOf({ op: 'replace', path: 'externalId', value: 'x' }), 404, undefined],
  [`DELETE of ${what}`, 'DELETE', path, undefined, 404, undefined],
];
const aUser = { schemas: [USER], userName: 'new@example.com' };
const aGroup = { schemas: [GROUP], displayName: 'New' };
export const notThere = [
  ...everyMethod('a user who is not there', '/Users/nobody', aUser),
  ...everyMethod('a group that is not there', '/Groups/none', aGroup),
  ...everyMethod('a user of another account', ({ theirs }) => `/Users/${theirs.user}`, aUser),
  ...everyMethod('a group of another account', ({ theirs }) => `/Groups/${theirs.group}`, aGroup),
  ...everyMethod('a group as a user', ({ staff }) => `/Users/${staff}`, aUser),
  ...everyMethod('a user as a group', ({ ada }) => `/Groups/${ada}`, aGroup),
  ...everyMethod('a group that is not of SCIM', ({ nativeGroup }) => `/Groups/${nativeGroup}`, aGroup),
  ...everyMethod('a user of an id that is SQL', `/Users/${encodeURIComponent("x' OR '1'='1")}`, aUser),
  ['GET of nothing', 'GET', '/Nothing', undefined, 404, undefined],
  ['GET below a user', 'GET', ({ ada }) => `/Users/${ada}/emails`, undefined, 404, undefined],
  ['GET of a schema that is not there', 'GET', '/Schemas/urn:x', undefined, 404, undefined],
  ['GET of a resource type that is not there', 'GET', '/ResourceTypes/Robot', undefined, 404, undefined],
  ['GET of oneself, who is a service account', 'GET', '/Me', undefined, 404, undefined],
];

export const notAllowed = [
  ['DELETE', '/Users'], ['PUT', '/Users'], ['PATCH', '/Groups'], ['POST', onAda], ['POST', onStaff], ['GET', '/Bulk'], ['PUT', '/.search'], ['DELETE', '/Schemas'], ['POST', '/ServiceProviderConfig'], ['PATCH', '/ResourceTypes/User'],
].map(([method, path]) => [`${method} of ${typeof path === 'string' ? path : 'what has no such method'}`, method, path, method === 'DELETE' || method === 'GET' ? undefined : {}, 405, undefined]).concat([
  ['POST without a body of what cannot be made', 'POST', '/Schemas', undefined, 405, undefined],
  ['POST of no JSON of what cannot be made', 'POST', '/ServiceProviderConfig', raw(SCIM, '{'), 405, undefined],
  ['POST without a body of nothing', 'POST', '/Nothing', undefined, 404, undefined],
]);

export const versions = [
  ['PATCH of another version of a user', 'PATCH', onAda, patchOf({ op: 'replace', path: 'title', value: 'x' }), 412, undefined, { version: 99 }],
  ['PUT of another version of a user', 'PUT', onAda, { schemas: [USER], userName: 'ada@example.com' }, 412, undefined, { version: 99 }],
  ['DELETE of another version of a user', 'DELETE', onAda, undefined, 412, undefined, { version: 99 }],
  ['PATCH of another version of a group', 'PATCH', onStaff, patchOf({ op: 'remove', path: 'members' }), 412, undefined, { version: 99 }],
  ['PUT of another version of a group', 'PUT', onStaff, aGroup, 412, undefined, { version: 99 }],
  ['DELETE of another version of a group', 'DELETE', onStaff, undefined, 412, undefined, { version: 99 }],
  ['DELETE of a version that is none', 'DELETE', onAda, undefined, 412, undefined, { headers: { 'if-match': 'nonsense' } }],
];

import { badge, definitions, h, heading, marked, section, table } from './dom.js';
import { request } from './api.js';
import { time, timeZone } from './format.js';
import { link } from './router.js';
import { pager } from './pages.js';

const outcomes = [
  ['', 'All'],
  ['signed_in', 'Signed in'],
  ['refused', 'Refused'],
];
const decisions = { existing_user: 'Existing user', created_just_in_time: 'User created just in time' };
const rules = {
  existing_user: 'Existing user',
  active: 'Active',
  email: 'E-mail',
  jit_enabled: 'Enable JIT Provisioning',
  jit_validation: 'JIT Validation Key and Value',
};
const starts = { idp: 'at the IdP', sp: 'here' };

export async function signInsView({ account, query, signal, go }) {
  const path = ['accounts', account, 'sign-ins'];
  const { data } = await request('GET', path, { query, signal });
  return {
    title: 'Sign-in log',
    content: [
      heading('Sign-in log'),
      h('div', { class: 'tools' }, filter(path, query), lookup(path, go)),
      data.items.length
        ? [
            h('p', { class: 'muted' }, `Newest first. Time zone: ${timeZone}.`),
            h(
              'ol',
              { class: 'log', 'aria-label': 'Sign-ins' },
              data.items.map((entry) => h('li', {}, row(path, entry))),
            ),
          ]
        : empty(account, query),
      pager(path, query, data.nextCursor),
    ].flat(),
  };
}

function filter(path, query) {
  const current = query.outcome ?? '';
  return h(
    'nav',
    { class: 'filter', 'aria-label': 'Outcome' },
    h(
      'ul',
      {},
      outcomes.map(([value, label]) =>
        h('li', {}, h('a', { href: link(path, { outcome: value }), 'aria-current': value === current ? 'true' : null }, label)),
      ),
    ),
  );
}

/** People who were refused read a reference id off the page and send it to the admin. */
function lookup(path, go, value = '') {
  const input = h('input', {
    id: 'reference',
    name: 'reference',
    value,
    autocomplete: 'off',
    spellcheck: 'false',
    autocapitalize: 'none',
  });
  const send = (event) => {
    event.preventDefault();
    const id = input.value.trim().replace(/^reference:?\s*/i, '');
    if (id) go([...path, id]);
    else input.focus();
  };
  return h(
    'form',
    { class: 'bar-form', submit: send },
    h('div', { class: 'field' }, h('label', { for: 'reference' }, 'Reference id'), input),
    h('button', { type: 'submit' }, 'Look up'),
  );
}

function row(path, entry) {
  const head = [
    time(entry.at),
    result(entry),
    h('span', { class: 'who' }, who(entry)),
    h('span', { class: 'what' }, entry.error?.message ?? decisions[entry.decision] ?? ''),
  ];
  const own = h('p', {}, h('a', { href: link([...path, entry.id]) }, 'Link to this entry'));
  return h('details', { class: entry.outcome }, h('summary', {}, head), h('div', { class: 'entry' }, detail(entry, 'h3'), own));
}

const who = (entry) => entry.email ?? entry.user?.email ?? entry.nameId ?? 'Unknown';
const result = (entry) => (entry.outcome === 'refused' ? badge('bad', 'Refused') : badge('good', 'Signed in'));

function detail(entry, level) {
  return [
    entry.error ? refusal(entry.error, level) : null,
    definitions(
      [
        ['Reference id', h('code', {}, entry.id)],
        ['Provider', entry.provider?.name],
        ['E-mail', entry.email],
        ['NameID', entry.nameId],
        ['Started', starts[entry.initiatedBy]],
        ['Decision', decisions[entry.decision] ?? entry.decision],
      ].filter(([, value]) => value),
    ),
    trace(entry.trace),
  ];
}

/** Reason and remedy of a refusal; also those of a checked response. */
export function refusal(error, level = 'h2') {
  return h(
    'div',
    { class: 'refusal' },
    h(level, {}, marked(error.message)),
    definitions(
      [
        ['Expected', error.expected],
        ['Got', error.got],
        ['What to do', h('span', {}, marked(error.remedy))],
        ['Code', h('code', {}, error.code)],
      ].filter(([, value]) => value),
    ),
  );
}

export function trace(list) {
  if (!list?.length) return null;
  return table(
    'How it was decided',
    ['Rule', 'Wanted', 'Got', 'Result'],
    list.map((step) => [
      rules[step.rule] ?? step.rule,
      step.wanted,
      step.got,
      step.matched ? badge('good', 'Met') : badge('off', 'Not met'),
    ]),
  );
}

function empty(account, { outcome, cursor }) {
  if (cursor) return h('p', { class: 'empty' }, 'No more entries.');
  if (outcome === 'refused') return h('p', { class: 'empty' }, 'Nobody was refused.');
  return h(
    'p',
    { class: 'empty' },
    'No sign-in yet. Open a ',
    h('a', { href: link(['accounts', account, 'providers']) }, 'provider'),
    ' and try it: each attempt appears here.',
  );
}

export async function signInView({ account, id, signal, go }) {
  const path = ['accounts', account, 'sign-ins'];
  const crumb = h('p', { class: 'crumb' }, h('a', { href: link(path) }, 'Sign-in log'));
  try {
    const { data: entry } = await request('GET', [...path, id], { signal });
    return {
      title: `Sign-in ${entry.id}`,
      content: [
        crumb,
        heading(who(entry) === 'Unknown' ? 'Sign-in' : `Sign-in of ${who(entry)}`),
        h('p', { class: 'badges' }, result(entry), ' ', time(entry.at)),
        section('What happened', detail(entry, 'h3')),
      ],
    };
  } catch (problem) {
    if (problem.status !== 404) throw problem;
    return {
      title: 'Sign-in not found',
      content: [
        crumb,
        heading('No such sign-in'),
        h(
          'p',
          { role: 'alert' },
          `There is no entry with the reference id “${id}” in the account ${account}. Check the id and the account; entries are kept for 30 days.`,
        ),
        lookup(path, go, id),
      ],
    };
  }
}

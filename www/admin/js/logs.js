import { badge, h, heading, shown, table } from './dom.js';
import { exported, request } from './api.js';
import { textField } from './fields.js';
import { createForm } from './form.js';
import { time, timeZone } from './format.js';
import { pager } from './pages.js';
import { troubleOf } from './trouble.js';

const logs = {
  'audit-log': {
    title: 'Audit log',
    what: 'What was changed, by whom, and how it was before.',
    filters: [
      ['actor', 'By', 'Such as setup-token, or user/ or service-account/ with an id.'],
      ['action', 'What', 'Such as provider.updated.'],
      ['resource', 'Of', 'Such as provider/ with its id.'],
    ],
    line: ({ action, resource, actor }) => [h('b', {}, action), ' ', h('code', {}, resource), ` by ${actor}`],
    detail: differences,
  },
  'provisioning-log': {
    title: 'Provisioning log',
    what: 'What came over SCIM: each write, and each request that was refused or failed. Names and addresses are left out.',
    filters: [
      ['outcome', 'How it ended', 'done, refused or failed.'],
      ['client', 'Sent by', 'Such as okta or entra.'],
      ['resource', 'Of', 'Such as user/ or group/ with an id.'],
    ],
    line: ({ method, path, status, client, outcome }) => [
      badge(outcome === 'done' ? 'good' : 'bad', `${status} ${outcome}`),
      ' ',
      h('b', {}, method),
      ' ',
      h('code', {}, path),
      ` from ${client}`,
    ],
    detail: ({ actor, resource, detail: { error, ...rest } }) => facts({ actor, resource, ...error, ...rest }),
  },
  events: {
    title: 'Events',
    what: 'What happened without an admin’s asking: certificates that end, logouts, metadata that could not be fetched.',
    filters: [
      ['kind', 'What', 'Such as provider.certificate_ends.'],
      ['subject', 'About', 'Exactly as it stands below.'],
    ],
    line: ({ kind, subject }) => [h('b', {}, kind), ' ', h('code', {}, subject)],
    detail: ({ detail }) => facts(detail),
  },
};

/** The view of one of them. */
export const logView = (noun) => async (context) => {
  const { account, query, signal, go, reload, announce } = context;
  const { title, what, filters, line, detail } = logs[noun];
  const path = ['accounts', account, noun];
  const form = filterForm(path, filters, query, go);
  const trouble = troubleOf('log', reload);
  const { cursor: _, ...filtered } = query;
  const view = {
    title,
    content: [heading(title, saveButton(account, noun, path, filtered, trouble, announce)), h('p', { class: 'explain' }, what), trouble.element, form.element],
  };
  const { data } = await request('GET', path, { query, signal });
  view.content.push(
    data.items.length
      ? h(
          'div',
          {},
          h('p', { class: 'muted' }, `Newest first. Time zone: ${timeZone}.`),
          h(
            'ol',
            { class: 'log', 'aria-label': title },
            data.items.map((item) =>
              h('li', {}, h('details', {}, h('summary', {}, time(item.at), ' ', h('span', { class: 'told' }, line(item))), h('div', { class: 'entry' }, detail(item)))),
            ),
          ),
        )
      : h('p', { class: 'empty' }, Object.keys(query).length ? 'Nothing here fits.' : 'Nothing yet.'),
    pager(path, query, data.nextCursor),
  );
  return view;
};

function filterForm(path, filters, query, go) {
  const fields = filters.map(([name, label, hint]) => textField({ name, label, hint, value: query[name], attributes: { autocapitalize: 'none' } }));
  const form = createForm({
    fields,
    submitLabel: 'Filter',
    busyLabel: 'Filtering…',
    submit: () => go(path, { query: Object.fromEntries(fields.map((field) => [field.name, field.read().trim()])) }),
  });
  form.place(h('div', { class: 'pair' }, fields.map(({ element }) => element)));
  return form;
}

function saveButton(account, noun, path, query, trouble, announce) {
  const save = () =>
    trouble.attempt(async () => {
      const address = URL.createObjectURL(await exported(path, query));
      h('a', { href: address, download: `${account}-${noun}.ndjson` }).click();
      URL.revokeObjectURL(address);
      announce('The log is saved as lines of JSON.');
    });
  return h('button', { type: 'button', click: save }, 'Download as NDJSON');
}

/** What is not the same before and after. */
function differences({ before, after }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const changed = names.filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]));
  if (!changed.length) return h('p', { class: 'muted' }, 'Nothing that is shown was changed.');
  return table(
    'What is different',
    ['Field', 'Before', 'After'],
    changed.map((name) => [h('code', {}, name), shown(before?.[name]), shown(after?.[name])]),
  );
}

function facts(detail) {
  const entries = Object.entries(detail ?? {});
  return entries.length ? table('What is known of it', ['Field', 'Value'], entries.map(([name, value]) => [h('code', {}, name), shown(value)])) : null;
}

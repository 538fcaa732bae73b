import { h, heading, section, table } from './dom.js';
import { request } from './api.js';
import { createForm } from './form.js';
import { time } from './format.js';
import { link } from './router.js';
import { ruleFields } from './rule-fields.js';

/** So many recorded sign-ins are tried. */
const TRIED = 200;

/** The ordered JIT rules of a provider, tried on the recorded sign-ins before they are saved. */
export async function rulesView({ account, id, signal, go }) {
  const path = ['accounts', account, 'providers', id];
  const [{ data: provider, etag }, { data: groups }] = await Promise.all([
    request('GET', path, { signal }),
    request('GET', ['accounts', account, 'groups'], { query: { limit: 200 }, signal }),
  ]);
  const native = groups.items.filter(({ managedBy }) => managedBy === 'native');
  const fields = [];
  const list = h('div');
  const outcome = h('div');
  let drawn = [];
  let changed = false;

  const read = () => drawn.map((rule) => rule.read());
  function draw(rules) {
    drawn = rules.map((rule, index) => ruleFields(rule, index, rules.length, native, act));
    fields.splice(0, fields.length, ...drawn.flatMap((rule) => rule.fields));
    list.replaceChildren(
      ...(drawn.length ? drawn.map(({ element }) => element) : [h('p', { class: 'empty' }, 'No rule: everyone comes in whom the IdP sends and whom the validation key lets through.')]),
      h('button', { type: 'button', id: 'add-rule', click: () => act((all) => all.push({ name: null, conditions: [], effect: 'admit', groups: [] }), `rule-${drawn.length}`) }, 'Add a rule'),
    );
  }
  function act(change, focus) {
    const rules = read();
    change(rules);
    changed = true;
    draw(rules);
    document.getElementById(focus)?.focus();
  }

  const form = createForm({
    fields,
    submitLabel: 'Save the rules',
    cancel: link(path),
    async submit() {
      const { data } = await request('PATCH', path, { etag, body: { jit: { rules: read() } } });
      changed = false;
      form.saved();
      go(path, { text: `The rules of “${data.name}” are saved.`, replace: true });
    },
  });
  const trial = createForm({
    fields: [],
    submitLabel: 'Try them on the recorded sign-ins',
    busyLabel: 'Trying…',
    async submit() {
      outcome.replaceChildren();
      try {
        outcome.replaceChildren(...told(account, await tried(path, { jit: { rules: read() } })));
      } catch (problem) {
        // A field of the rules is wrong: it is told where it is.
        if (!problem.errors?.length) throw problem;
        form.showErrors(problem.errors, problem.message);
      }
    },
  });
  form.place(list);
  trial.place(h('p', { class: 'explain' }, `Nothing is saved and nobody is let in by it. Sign-ins are kept for 30 days for this; at most the last ${TRIED} are tried.`));
  draw(provider.jit.rules);
  return {
    title: `JIT rules of ${provider.name}`,
    content: [
      h('p', { class: 'crumb' }, h('a', { href: link(path.slice(0, 3)) }, 'Providers'), ' / ', h('a', { href: link(path) }, provider.name)),
      heading(`JIT rules of ${provider.name}`),
      h('p', { class: 'explain' }, 'Who is not a user yet is asked them in order: the first that holds decides. If none holds, nobody comes in.'),
      provider.jit.enabled ? null : h('p', { class: 'explain' }, 'JIT provisioning is off at this provider: no rule is asked until it is on.'),
      form.element,
      section('Try them first', trial.element, outcome),
    ],
    unsaved: () => changed || form.unsaved(),
  };
}

/** The last recorded sign-ins under other settings. A page of them ends early where deciding takes long. */
async function tried(path, body) {
  const counts = { tried: 0, wouldBeDenied: 0, wouldBeAdmitted: 0 };
  const items = [];
  let cursor;
  do {
    const { data } = await request('POST', [...path, 'dry-run'], { query: { limit: TRIED - items.length, cursor }, body });
    for (const count of Object.keys(counts)) counts[count] += data.counts[count];
    items.push(...data.items);
    cursor = data.nextCursor;
  } while (cursor && items.length < TRIED);
  return { counts, items };
}

function told(account, { counts, items }) {
  const changes = items.filter((item) => item.changes);
  const verdict = ({ admitted, code, decidedBy }) => (admitted ? 'Let in' : `Refused: ${code}`) + (decidedBy ? `, by ${decidedBy}` : '');
  return [
    h(
      'p',
      { role: 'status' },
      counts.tried
        ? `${counts.wouldBeDenied} of the last ${counts.tried} would have been denied, ${counts.wouldBeAdmitted} more would have been let in.`
        : 'No sign-in of the last 30 days is recorded.',
    ),
    changes.length
      ? table(
          'Whose sign-in would have ended otherwise',
          ['Who', 'When', 'As it is', 'With these rules'],
          changes.map((item) => [
            h('a', { href: link(['accounts', account, 'sign-ins', item.signInId]) }, item.email ?? item.nameId),
            time(item.at),
            verdict(item.before),
            verdict(item.after),
          ]),
        )
      : null,
  ];
}

import { h, heading, shown } from './dom.js';
import { request, serviceProvider } from './api.js';
import { copyFieldsOf } from './copy.js';
import { createForm } from './form.js';
import { difference, providerFields, readProvider } from './provider-fields.js';
import { kindOf } from './identity-providers.js';
import { link } from './router.js';

export async function providerAddView({ account, go, whisper }) {
  const path = ['accounts', account, 'providers'];
  const { fields, layout } = providerFields();
  const form = createForm({
    fields: Object.values(fields),
    submitLabel: 'Add provider',
    busyLabel: 'Adding…',
    cancel: link(path),
    async submit() {
      const { data } = await request('POST', path, { body: readProvider(fields) });
      form.saved();
      go([...path, data.id], { text: `Provider “${data.name}” added. Next: copy these values into your IdP.`, replace: true });
    },
  });
  form.place(...layout);
  return {
    title: 'Add a provider',
    content: [
      h('p', { class: 'crumb' }, h('a', { href: link(path) }, 'Providers')),
      heading('Add a provider'),
      await valuesFirst(account, fields.kind, whisper),
      form.element,
    ],
    unsaved: form.unsaved,
  };
}

/** Several IdPs give out metadata only once they know where to send people: these values come first there. */
async function valuesFirst(account, kind, whisper) {
  const sp = await serviceProvider(account);
  if (!sp) return null;
  const values = h('div');
  const fill = () => values.replaceChildren(copyFieldsOf(kind.read(), sp, whisper));
  kind.control.addEventListener('change', fill);
  fill();
  return h('details', { class: 'first' }, h('summary', {}, 'Your IdP asks for our values first?'), values);
}

export async function providerEditView({ account, id, signal, go }) {
  const path = ['accounts', account, 'providers', id];
  let saved = await request('GET', path, { signal });
  const { fields, layout } = providerFields(saved.data, false);
  let before = readProvider(fields);
  const form = createForm({
    fields: Object.values(fields),
    submitLabel: 'Save',
    cancel: link(path),
    submit,
  });
  form.place(present(saved.data), ...layout);

  async function submit() {
    const body = difference(before, readProvider(fields));
    if (!body) form.saved();
    if (!body) return go(path, { text: 'Nothing was changed.' });
    try {
      const { data } = await request('PATCH', path, { body, etag: saved.etag });
      form.saved();
      go(path, { text: `Provider “${data.name}” saved.`, replace: true });
    } catch (problem) {
      if (problem.status !== 412) throw problem;
      offerNewState();
    }
  }

  function offerNewState() {
    const keep = h('button', { type: 'button', class: 'main', click: () => rebase() }, 'Load the new state, keep what I typed');
    form.summary.replaceChildren(
      h(
        'div',
        { class: 'problem', role: 'alert' },
        h('h2', {}, 'Somebody else changed this provider while you were editing it'),
        h(
          'p',
          {},
          'Nothing was saved, and nothing you typed is lost. The fields you did not touch take the new values; you can then save.',
        ),
        h('div', { class: 'buttons' }, keep),
      ),
    );
    keep.focus();
  }

  /** Untouched fields take the new values; where both sides changed one, theirs is told beside it. */
  async function rebase() {
    try {
      const mine = difference(before, readProvider(fields)) ?? {};
      saved = await request('GET', path);
      const theirs = providerFields(saved.data, false).fields;
      const conflicts = [];
      for (const [name, field] of Object.entries(fields)) {
        field.setNote(null);
        if (!touched(mine, field.pointer)) field.write(theirs[name].read());
        else if (field.read() !== theirs[name].read() && name !== 'metadataXml') conflicts.push([field, theirs[name].read()]);
      }
      before = readProvider(theirs);
      for (const [field, value] of conflicts) field.setNote(`The other change has: ${worded(value)}`);
      form.summary.replaceChildren(
        h(
          'div',
          { class: 'notice', role: 'status' },
          h(
            'p',
            {},
            conflicts.length
              ? 'The new state is loaded. Where it differs from what you typed, it says so beside the field.'
              : 'The new state is loaded. What you typed is still here.',
          ),
        ),
      );
      (conflicts[0]?.[0] ?? fields.name).control.focus();
    } catch (problem) {
      form.showProblem(problem);
    }
  }

  return {
    title: `Edit ${saved.data.name}`,
    content: [
      h(
        'p',
        { class: 'crumb' },
        h('a', { href: link(path.slice(0, 3)) }, 'Providers'),
        ' / ',
        h('a', { href: link(path) }, saved.data.name),
      ),
      heading(`Edit ${saved.data.name}`),
      form.element,
    ],
    unsaved: form.unsaved,
  };
}

function present(provider) {
  return h(
    'p',
    { class: 'muted' },
    `Present metadata: ${kindOf(provider.kind).name}, entity ID ${provider.entityId}, ${provider.certificates.length} signing certificate${provider.certificates.length === 1 ? '' : 's'}.`,
  );
}

function touched(patch, pointer) {
  return (
    pointer
      .split('/')
      .slice(1)
      .reduce((value, name) => value?.[name], patch) !== undefined
  );
}

function worded(value) {
  return value === true ? 'ticked' : value === false ? 'not ticked' : shown(value) === '–' ? 'nothing' : `“${value}”`;
}

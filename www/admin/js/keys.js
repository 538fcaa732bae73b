import { h, heading, section, table } from './dom.js';
import { request } from './api.js';
import { selectField, textField } from './fields.js';
import { createForm } from './form.js';
import { expiry, fingerprint, time } from './format.js';

const purposes = { signing: 'Signs what we send', encryption: 'IdPs encrypt to it' };

/** The account's own key pairs: what IdPs verify our requests with, and encrypt to. */
export async function keysView({ account, signal, reload, announce }) {
  const path = ['accounts', account, 'keys'];
  const { data } = await request('GET', path, { signal });
  return {
    title: 'Keys',
    content: [
      heading('Keys'),
      h(
        'p',
        { class: 'explain' },
        'The private keys never leave the server. The certificates are in the SP metadata too: an IdP that reads it needs nothing from here.',
      ),
      data.items.length
        ? table(
            'Key pairs of this account',
            ['Use', 'Made', 'Certificate ends', 'Retires', 'SHA-256 fingerprint', 'Certificate'],
            data.items.map((key) => [
              purposes[key.purpose] ?? key.purpose,
              time(key.createdAt),
              expiry(key.notAfter),
              stateOf(key),
              fingerprint(key.fingerprint),
              download(account, key),
            ]),
          )
        : h('p', { class: 'empty' }, 'There is none yet. One is made when a provider first signs requests or takes encrypted assertions.'),
      section('Make the next key', nextKey(path, reload, announce).element),
    ],
  };
}

/** Until when it is used, or that it cannot be. */
function stateOf({ usable, retiresAt }) {
  if (!usable) return 'Cannot be used: it was made under another MASTER_KEY, or is damaged';
  return retiresAt ? time(retiresAt) : 'In use';
}

function download(account, { certificate, purpose, fingerprint: digest }) {
  return h(
    'a',
    { href: `data:application/x-pem-file,${encodeURIComponent(certificate)}`, download: `${account}-${purpose}-${digest.slice(0, 8)}.pem` },
    'Download PEM',
    h('span', { class: 'unseen' }, ` of ${purpose}, ${digest.slice(0, 8)}`),
  );
}

function nextKey(path, reload, announce) {
  const purpose = selectField({ name: 'purpose', label: 'Use', value: 'signing', options: Object.entries(purposes) });
  const overlapDays = textField({
    name: 'overlapDays',
    label: 'Overlap (days)',
    type: 'number',
    value: '7',
    hint: 'So long the present key is good beside the next one: until every IdP knows it. 0 to 90.',
    attributes: { min: 0, max: 90, step: 1, inputmode: 'numeric' },
  });
  const form = createForm({
    fields: [purpose, overlapDays],
    submitLabel: 'Make the next key',
    busyLabel: 'Making…',
    async submit() {
      const days = overlapDays.read().trim();
      await request('POST', path, { body: { purpose: purpose.read(), overlapDays: /^\d+$/.test(days) ? Number(days) : days || null } });
      form.saved();
      await reload();
      announce('The next key is made. Give its certificate to the IdPs that do not read the SP metadata.');
    },
  });
  form.place(purpose.element, overlapDays.element);
  return form;
}

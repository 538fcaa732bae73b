import { h } from './dom.js';
import { areaField } from './fields.js';

// Far above any real IdP metadata; a federation's aggregate is refused here rather than by a limit of the server.
const limit = 1024 * 1024;

/** IdP metadata as text: pasted, dropped as a file, or chosen with a real file input. */
export function metadataField({ label, hint }) {
  const file = h('input', {
    type: 'file',
    id: 'metadata-file',
    accept: '.xml,text/xml,application/xml,application/samlmetadata+xml',
    'aria-describedby': 'metadata-file-name',
    change: () => take(file.files[0]),
  });
  const name = h('p', { class: 'file-name', id: 'metadata-file-name', role: 'status' });
  const zone = h(
    'div',
    { class: 'drop' },
    h('label', { for: 'metadata-file' }, 'Or take it from a file'),
    file,
    h('p', { class: 'hint' }, 'You can also drop the file here.'),
    name,
  );
  const field = areaField({
    name: 'metadataXml',
    label,
    hint,
    rows: 7,
    after: [zone],
    attributes: {
      class: 'value',
      placeholder: '<EntityDescriptor …>',
      input: () => {
        name.textContent = '';
      },
    },
  });
  // The whole field takes a file: who misses the zone and hits the text area meant the same.
  for (const [type, listener] of Object.entries({ dragover, dragleave, drop })) field.element.addEventListener(type, listener);

  async function take(chosen) {
    field.setError(null);
    if (!chosen) return;
    if (chosen.size > limit)
      return field.setError(`${chosen.name} is larger than 1 MB. IdP metadata of one app is a few kilobytes.`);
    // text() reads UTF-8 and drops a byte order mark.
    put(await chosen.text());
    name.textContent = `${chosen.name}, ${Math.max(1, Math.round(chosen.size / 1024))} KB`;
  }

  function put(text) {
    field.write(text);
    // Setting a value makes no event, and the form wants to know that something was typed.
    field.control.dispatchEvent(new Event('input', { bubbles: true }));
  }

  function dragover(event) {
    event.preventDefault();
    zone.classList.add('over');
  }

  function dragleave(event) {
    if (!field.element.contains(event.relatedTarget)) zone.classList.remove('over');
  }

  function drop(event) {
    event.preventDefault();
    zone.classList.remove('over');
    const [dropped] = event.dataTransfer.files;
    if (dropped) take(dropped);
    else put(event.dataTransfer.getData('text/plain'));
  }

  return field;
}

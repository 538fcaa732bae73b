// Elements are built here and nowhere else. Children become text nodes, so nothing that came
// from an identity provider, a log row or a person is ever read as markup.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** The API's messages mark names in them with backticks, as Markdown does. */
export function marked(text) {
  return text.split('`').map((part, index) => (index % 2 ? h('code', {}, part) : part));
}

/** A value of the API as text: an absent one is a dash, a list is separated by commas. */
export function shown(value) {
  if (value === null || value === undefined || value === '') return '–';
  if (Array.isArray(value)) return value.length ? value.map(shown).join(', ') : '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** `terms` is a list of [term, value]; a value is text or a node. */
export function definitions(terms, attributes = {}) {
  return h(
    'dl',
    { class: 'facts', ...attributes },
    terms.map(([term, value]) => h('div', {}, h('dt', {}, term), h('dd', {}, value instanceof Node ? value : shown(value)))),
  );
}

/**
 * Narrow screens show each row as a block with the column's name before each cell. `display: block`
 * takes a table's meaning away from screen readers, therefore the explicit roles.
 */
export function table(caption, columns, rows) {
  return h(
    'table',
    { role: 'table' },
    h('caption', {}, caption),
    h(
      'thead',
      { role: 'rowgroup' },
      h(
        'tr',
        { role: 'row' },
        columns.map((column) => h('th', { scope: 'col', role: 'columnheader' }, column)),
      ),
    ),
    h(
      'tbody',
      { role: 'rowgroup' },
      rows.map((cells) =>
        h(
          'tr',
          { role: 'row' },
          cells.map((cell, index) =>
            h('td', { role: 'cell', 'data-label': columns[index] }, h('span', {}, cell instanceof Node ? cell : shown(cell))),
          ),
        ),
      ),
    ),
  );
}

export function badge(tone, text) {
  return h('span', { class: `badge ${tone}` }, text);
}

/** The heading of a view, with what can be done there beside it. */
export function heading(text, ...actions) {
  return h(
    'div',
    { class: 'heading' },
    h('h1', { tabindex: '-1' }, text),
    actions.length ? h('div', { class: 'actions' }, actions) : null,
  );
}

export function section(title, ...content) {
  return h('section', {}, h('h2', {}, title), content);
}

import { h, marked } from './dom.js';

/** Where the failures of a view's buttons are told. `attempt` runs one, and tells if it fails; `noun` is what is changed. */
export function troubleOf(noun, reload) {
  const element = h('div');

  function tell(problem, again) {
    if (problem.name === 'AbortError') return;
    const stale = problem.status === 412;
    const more = problem.errors?.map(({ message }) => h('li', {}, marked(message)));
    element.replaceChildren(
      h(
        'div',
        { class: 'problem', role: 'alert' },
        h('h2', {}, stale ? `Somebody else changed this ${noun} meanwhile` : 'That did not work'),
        h(
          'p',
          {},
          stale ? 'Nothing was changed. Look at the new state first. ' : [marked(problem.message), ' '],
          problem.status === 401 ? h('button', { type: 'button', class: 'link', click: () => ask(again) }, 'Enter the token again') : null,
          stale ? h('button', { type: 'button', class: 'link', click: reload }, 'Load the new state') : null,
        ),
        more?.length ? h('ul', {}, more) : null,
      ),
    );
    element.scrollIntoView({ block: 'nearest' });
  }
  const ask = (again) => element.dispatchEvent(new CustomEvent('tokenwanted', { bubbles: true, detail: again }));

  async function attempt(action) {
    try {
      await action();
    } catch (problem) {
      tell(problem, () => attempt(action));
    }
  }
  return { element, attempt };
}

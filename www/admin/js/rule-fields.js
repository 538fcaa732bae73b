import { h } from './dom.js';
import { areaField, checkField, selectField, textField } from './fields.js';

const subjects = [
  ['attribute', 'SAML attribute'],
  ['nameId', 'NameID'],
  ['emailDomain', 'Domain of the e-mail'],
];
const operators = [
  ['equals', 'is'],
  ['in', 'is one of'],
  ['starts_with', 'starts with'],
  ['ends_with', 'ends with'],
  ['contains', 'contains'],
  ['present', 'is there'],
];
const effects = [
  ['admit', 'Let them in'],
  ['deny', 'Keep them out'],
];

const button = (label, unseen, click, more = {}) => h('button', { type: 'button', click, ...more }, label, h('span', { class: 'unseen' }, ` ${unseen}`));

/** The fields of one condition, at its place in the API's document; `read` gives them back in its shape. */
function conditionFields(condition, pointer, named, remove) {
  const on = typeof condition.on === 'string' ? condition.on : 'attribute';
  const at = (name) => ({ name, pointer: `${pointer}/${name}` });
  const subject = selectField({ ...at('on'), label: 'What', value: on, options: subjects });
  const attribute = textField({ name: 'attribute', pointer: `${pointer}/on/attribute`, label: 'Attribute', value: condition.on?.attribute ?? '', hint: 'Its Name or FriendlyName, exactly.' });
  const operator = selectField({ ...at('operator'), label: 'How', value: condition.operator, options: operators });
  const value = textField({ ...at('value'), label: 'Value', value: condition.value ?? '' });
  const values = areaField({ ...at('values'), label: 'Values, one a line', rows: 3, value: (condition.values ?? []).join('\n') });
  const ignoreCase = checkField({ ...at('ignoreCase'), label: 'Ignore upper and lower case', value: condition.ignoreCase });
  const not = checkField({ ...at('not'), label: 'The opposite', value: condition.not });
  const show = () => {
    attribute.element.hidden = subject.read() !== 'attribute';
    value.element.hidden = ['in', 'present'].includes(operator.read());
    values.element.hidden = operator.read() !== 'in';
    ignoreCase.element.hidden = operator.read() === 'present';
  };
  for (const field of [subject, operator]) field.control.addEventListener('change', show);
  show();
  return {
    fields: [subject, attribute, operator, value, values, ignoreCase, not],
    element: h(
      'fieldset',
      { class: 'condition' },
      h('legend', {}, named),
      h('div', { class: 'pair' }, subject.element, attribute.element, operator.element, value.element),
      values.element,
      ignoreCase.element,
      not.element,
      button('Remove', named, remove),
    ),
    read: () => ({
      on: subject.read() === 'attribute' ? { attribute: attribute.read().trim() } : subject.read(),
      operator: operator.read(),
      ...(operator.read() === 'in' ? { values: values.read().split('\n').filter(Boolean) } : operator.read() === 'present' ? {} : { value: value.read() }),
      ...(operator.read() === 'present' ? {} : { ignoreCase: ignoreCase.read() }),
      not: not.read(),
    }),
  };
}

/** The fields of a rule. `act` is told what its buttons ask for: `(change)` on the list of all rules, as the API has it. */
export function ruleFields(rule, index, count, groups, act) {
  const pointer = `/jit/rules/${index}`;
  const title = `rule ${index + 1}`;
  const name = textField({ name: 'name', pointer: `${pointer}/name`, label: 'Name', value: rule.name ?? '', hint: 'For people: the log tells it.' });
  const effect = selectField({ name: 'effect', pointer: `${pointer}/effect`, label: 'Then', value: rule.effect, options: effects });
  const conditions = rule.conditions.map((condition, at) =>
    conditionFields(condition, `${pointer}/conditions/${at}`, `Condition ${at + 1} of ${title}`, () => act((rules) => rules[index].conditions.splice(at, 1), `rule-${index}`)),
  );
  const joined = groups.map(({ id, name: label }) => [id, checkField({ name: 'groups', pointer: `${pointer}/groups/${id}`, label, value: (rule.groups ?? []).includes(id) })]);
  const blankCondition = { on: { attribute: '' }, operator: 'equals', value: '' };
  const join = h(
    'details',
    { open: Boolean(rule.groups?.length) },
    h('summary', {}, 'Groups to join'),
    joined.length ? joined.map(([, field]) => field.element) : h('p', { class: 'muted' }, 'There is no group of this account yet.'),
  );
  const showJoin = () => {
    join.hidden = effect.read() !== 'admit';
  };
  effect.control.addEventListener('change', showJoin);
  showJoin();
  return {
    fields: [name, ...conditions.flatMap(({ fields }) => fields), effect, ...joined.map(([, field]) => field)],
    element: h(
      'fieldset',
      { id: `rule-${index}`, tabindex: '-1' },
      h('legend', {}, `Rule ${index + 1}`),
      name.element,
      conditions.length
        ? h('p', { class: 'explain' }, 'If all of these hold:')
        : h('p', { class: 'explain' }, 'It has no condition: it holds for everybody.'),
      conditions.map(({ element }) => element),
      button('Add a condition', `to ${title}`, () => act((rules) => rules[index].conditions.push(blankCondition), `rule-${index}`)),
      effect.element,
      join,
      h(
        'div',
        { class: 'buttons' },
        index > 0 ? button('Earlier', title, () => act((rules) => rules.splice(index - 1, 0, ...rules.splice(index, 1)), `rule-${index - 1}`)) : null,
        index < count - 1 ? button('Later', title, () => act((rules) => rules.splice(index + 1, 0, ...rules.splice(index, 1)), `rule-${index + 1}`)) : null,
        button('Remove', title, () => act((rules) => rules.splice(index, 1), 'add-rule'), { class: 'danger' }),
      ),
    ),
    read: () => ({
      name: name.read().trim() || null,
      conditions: conditions.map((condition) => condition.read()),
      effect: effect.read(),
      groups: effect.read() === 'admit' ? joined.filter(([, field]) => field.read()).map(([id]) => id) : [],
    }),
  };
}

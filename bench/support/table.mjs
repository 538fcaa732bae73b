// Figures as a table for people, with where the number to reach is reached or missed.

/** Adds to each row whether its figure reaches what it shall; null where there is nothing to reach. */
export function judged(rows) {
  return rows.map((row) => ({ ...row, reached: verdict(row) }));
}

function verdict({ value, atMost, atLeast }) {
  if (atMost !== undefined) return value <= atMost;
  return atLeast !== undefined ? value >= atLeast : null;
}

/** Lines of a table. `rows` are judged: `{ what, unit, value, low, high, atMost, atLeast, reached }`. */
export function tableLines(rows) {
  const cells = [['', 'figure', 'lowest … highest', 'to reach', ''], ...rows.map(cellsOf)];
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  const line = (row) => row.map((cell, column) => (column === 0 || column === 4 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])));
  return cells.map((row) => line(row).join('   ').trimEnd());
}

function cellsOf({ what, unit, value, low, high, atMost, atLeast, reached }) {
  const goal = atMost !== undefined ? `≤ ${atMost} ${unit}` : atLeast !== undefined ? `≥ ${atLeast} ${unit}` : '';
  const span = low === undefined ? '' : `${digits(low)} … ${digits(high)}`;
  return [what, `${digits(value)} ${unit}`, span, goal, reached === null ? '' : reached ? 'reached' : 'MISSED'];
}

/** Three significant digits, but no fewer than are before the point. */
function digits(number) {
  const whole = number === 0 ? 1 : Math.floor(Math.log10(Math.abs(number))) + 1;
  return number.toFixed(Math.min(4, Math.max(0, 3 - whole)));
}

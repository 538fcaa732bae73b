export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `{ value, low, high }`: the median of several measurements and between what they lay. */
export function measured(numbers) {
  return { value: median(numbers), low: Math.min(...numbers), high: Math.max(...numbers) };
}

/** The same of `numbers[i] / others[i]`: what was measured side by side is compared side by side. */
export function measuredRatio(numbers, others) {
  return measured(numbers.map((number, index) => number / others[index]));
}

//! Sorting in little code: what the standard library has for this is kilobytes for each type that it sorts.

use std::cmp::Ordering;

/// So many are sorted by insertion: the attributes of an element.
const FEW: usize = 20;

/// Sorts in place, within `n log n` comparisons. Those that are equal come in any order.
pub fn sort_by<T>(items: &mut [T], mut order: impl FnMut(&T, &T) -> Ordering) {
    if items.len() <= FEW {
        for sorted in 1..items.len() {
            let mut at = sorted;
            while at > 0 && order(&items[at], &items[at - 1]).is_lt() {
                items.swap(at, at - 1);
                at -= 1;
            }
        }
        return;
    }
    // The first half of the steps make a heap, the second take the greatest off it.
    let mut heap = items.len();
    for step in (0..items.len() + items.len() / 2).rev() {
        let mut at = match step.checked_sub(items.len()) {
            Some(parent) => parent,
            None => {
                heap = step;
                items.swap(0, heap);
                0
            }
        };
        loop {
            let mut child = 2 * at + 1;
            if child + 1 < heap && order(&items[child], &items[child + 1]).is_lt() {
                child += 1;
            }
            if child >= heap || order(&items[at], &items[child]).is_ge() {
                break;
            }
            items.swap(at, child);
            at = child;
        }
    }
}

/// Sorts, and leaves those that are equal in the order they have.
pub fn sort_stable_by<T>(items: &mut Vec<T>, mut order: impl FnMut(&T, &T) -> Ordering) {
    let mut sorted: Vec<usize> = (0..items.len()).collect();
    sort_by(&mut sorted, |one, other| order(&items[*one], &items[*other]).then(one.cmp(other)));
    let mut left: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(sorted.into_iter().filter_map(|at| left[at].take()));
}

#[cfg(test)]
mod tests {
    use super::{FEW, sort_by, sort_stable_by};

    /// Numbers without an order, `of` different ones.
    fn shuffled(length: usize, of: u32) -> Vec<u32> {
        let mut state = length as u32 + 1;
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % of
        };
        (0..length).map(next).collect()
    }

    #[test]
    fn sorts_any_number() {
        for length in (0..3 * FEW).chain([1000, 1001]) {
            for of in [1, 3, 1 << 20] {
                let mut items = shuffled(length, of);
                let mut expected = items.clone();
                expected.sort_unstable();
                sort_by(&mut items, u32::cmp);
                assert_eq!(items, expected, "{length} of {of}");
            }
        }
    }

    #[test]
    fn sorts_what_is_sorted_either_way() {
        let mut items: Vec<u32> = (0..500).rev().collect();
        sort_by(&mut items, u32::cmp);
        assert!(items.is_sorted());
        sort_by(&mut items, u32::cmp);
        assert!(items.is_sorted());
    }

    #[test]
    fn compares_no_more_often_than_the_bound() {
        for length in [FEW, 100, 10_000] {
            let (mut items, mut compared) = (shuffled(length, 1 << 20), 0);
            sort_by(&mut items, |one, other| {
                compared += 1;
                one.cmp(other)
            });
            assert!(compared <= 3 * length * length.ilog2() as usize, "{length}: {compared}");
        }
    }

    #[test]
    fn leaves_equal_ones_in_their_order() {
        for length in [0, 1, FEW, 300] {
            let mut items: Vec<_> = shuffled(length, 5).into_iter().zip(0..).collect();
            let mut expected: Vec<(u32, u32)> = items.clone();
            expected.sort_by_key(|item| item.0);
            sort_stable_by(&mut items, |one, other| one.0.cmp(&other.0));
            assert_eq!(items, expected, "{length}");
        }
    }
}

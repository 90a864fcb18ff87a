//! Making an input small while it still shows something: delta debugging (Zeller and Hildebrandt, "Simplifying and
//! Isolating Failure-Inducing Input", 2002) that knows of counts.
//!
//! What it shows is the caller's to ask; what it means is not known here. A list loses elements together with the
//! number that counts it, so that an input that programs can read stays one.

use std::collections::BTreeMap;
use std::ops::Range;

/// The most lines and tokens of an input that is made smaller; a larger one is returned as it is.
const MAX_TOKENS: usize = 20_000;

/// Returns a smaller input for which `still` holds, after at most `max_tries` questions.
///
/// `input` itself is returned where nothing smaller does, or where it has more than 20,000 tokens. White space
/// becomes single spaces and line ends if `still` does not mind. The same answers give the same result; `still` is
/// asked O(n log n) times for an input of n tokens, unless each change makes room for others.
///
/// # Examples
///
/// ```
/// use riddle_problems::reduce::reduced;
///
/// let has_seven = |input: &[u8]| input.split(|it| *it == b' ' || *it == b'\n').any(|it| it == b"7");
/// assert_eq!(reduced(b"5\n1 2 7 4 5\n", 1000, has_seven), b"7\n");
/// ```
pub fn reduced(input: &[u8], max_tries: usize, still: impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let page = Page::of(input);
    if page.n_tokens() + page.0.len() > MAX_TOKENS {
        return input.to_vec();
    }
    let mut search = Search {
        best: page,
        tries_left: max_tries,
        still,
    };
    if search.best.text() != input && !search.ask_best() {
        return input.to_vec();
    }
    loop {
        let before = search.best.clone();
        search.drop_counted();
        search.drop_lines();
        search.drop_tokens();
        search.simplify();
        if search.best == before || search.tries_left == 0 {
            return search.best.text();
        }
    }
}

/// The tokens of an input, line by line.
#[derive(Clone, PartialEq, Eq)]
struct Page(Vec<Vec<Vec<u8>>>);

impl Page {
    fn of(input: &[u8]) -> Self {
        let text = input.strip_suffix(b"\n").unwrap_or(input);
        let lines = text.split(|it| *it == b'\n').map(|line| {
            let tokens = line.split(u8::is_ascii_whitespace);
            tokens
                .filter(|it| !it.is_empty())
                .map(<[u8]>::to_vec)
                .collect()
        });
        Self(lines.collect())
    }

    fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        for line in &self.0 {
            text.extend_from_slice(&line.join(&b' '));
            text.push(b'\n');
        }
        text
    }

    fn n_tokens(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    fn number(&self, line: usize, token: usize) -> Option<i64> {
        let text = str::from_utf8(self.0.get(line)?.get(token)?).ok()?;
        text.parse().ok()
    }

    fn set(&mut self, line: usize, token: usize, number: i64) {
        self.0[line][token] = number.to_string().into_bytes();
    }
}

/// What a number may count, and how one element is taken away.
#[derive(Clone, Copy)]
enum Counted {
    /// The tokens of a line.
    Tokens(usize),
    /// The tokens of its own line after it.
    Rest,
    /// Groups of so many lines after its own.
    Lines(usize),
    /// The tokens of each of so many lines after its own: the columns of a table.
    Columns(usize),
    /// The characters of the next word.
    Characters(usize, usize),
}

struct Search<F> {
    best: Page,
    tries_left: usize,
    still: F,
}

impl<F: FnMut(&[u8]) -> bool> Search<F> {
    fn ask_best(&mut self) -> bool {
        let page = self.best.clone();
        self.take(page)
    }

    /// Takes a page for the best one if it still shows it.
    fn take(&mut self, page: Page) -> bool {
        if self.tries_left == 0 {
            return false;
        }
        self.tries_left -= 1;
        let holds = (self.still)(&page.text());
        if holds {
            self.best = page;
        }
        holds
    }

    /// Takes elements away, in halves, quarters and so on, where `without` makes the page without a range of them.
    fn drop_ranges(&mut self, n: usize, without: impl Fn(&Page, Range<usize>) -> Option<Page>) {
        let mut left = n;
        let mut size = left.div_ceil(2);
        while size > 0 && self.tries_left > 0 {
            let mut start = 0;
            while start < left && self.tries_left > 0 {
                let range = start..(start + size).min(left);
                let n_dropped = range.len();
                if without(&self.best, range).is_some_and(|page| self.take(page)) {
                    left -= n_dropped;
                } else {
                    start += size;
                }
            }
            size = if size == 1 { 0 } else { size.div_ceil(2) };
        }
    }

    fn drop_counted(&mut self) {
        let mut line = 0;
        while line < self.best.0.len() {
            let mut token = 0;
            while token < self.best.0[line].len() {
                for counted in self.counted(line, token) {
                    // The one before may have taken away what this one counts.
                    let Some(n) = self.still_counted(line, token, counted) else {
                        continue;
                    };
                    self.drop_ranges(n, |page, range| without(page, line, token, counted, range));
                }
                token += 1;
            }
            line += 1;
        }
    }

    /// Returns how many there are, if the number may still count them.
    fn still_counted(&self, line: usize, token: usize, counted: Counted) -> Option<usize> {
        let n = usize::try_from(self.best.number(line, token)?).ok()?;
        let found = self.counted(line, token);
        let is_there =
            |it: &Counted| std::mem::discriminant(it) == std::mem::discriminant(&counted);
        found.iter().any(is_there).then_some(n)
    }

    /// Returns what a number may count.
    fn counted(&self, line: usize, token: usize) -> Vec<Counted> {
        let lines = &self.best.0;
        let Some(n) = self
            .best
            .number(line, token)
            .and_then(|it| usize::try_from(it).ok())
        else {
            return Vec::new();
        };
        let mut found = Vec::new();
        if n == 0 {
            return found;
        }
        let after = lines.len() - line - 1;
        if after >= n && after.is_multiple_of(n) {
            found.push(Counted::Lines(after / n));
        } else if after >= n {
            found.push(Counted::Lines(1));
        }
        if lines[line].len() - token - 1 == n {
            found.push(Counted::Rest);
        }
        let wide = lines[line + 1..]
            .iter()
            .take_while(|it| it.len() == n)
            .count();
        match wide {
            0 => {}
            1 => found.push(Counted::Tokens(line + 1)),
            wide => found.push(Counted::Columns(wide)),
        }
        // Two lists of one length.
        if let Some(second) = lines.get(line + 2).filter(|it| wide == 0 && it.len() == n) {
            debug_assert_eq!(second.len(), n);
            found.push(Counted::Tokens(line + 2));
        }
        let next = if token + 1 < lines[line].len() {
            Some((line, token + 1))
        } else {
            lines
                .get(line + 1)
                .filter(|it| it.len() == 1)
                .map(|_| (line + 1, 0))
        };
        if let Some((at, index)) = next
            && lines[at][index].len() == n
            && self.best.number(at, index).is_none()
        {
            found.push(Counted::Characters(at, index));
        }
        found
    }

    fn drop_lines(&mut self) {
        self.drop_ranges(self.best.0.len(), |page, range| {
            let mut page = page.clone();
            page.0.drain(range);
            Some(page)
        });
    }

    fn drop_tokens(&mut self) {
        for line in 0..self.best.0.len() {
            let n = self.best.0[line].len();
            self.drop_ranges(n, |page, range| {
                let mut page = page.clone();
                page.0[line].drain(range);
                Some(page)
            });
        }
    }

    /// Makes numbers small and words short; numbers that are equal first together, then each.
    fn simplify(&mut self) {
        let mut places: BTreeMap<i64, Vec<(usize, usize)>> = BTreeMap::new();
        for (line, tokens) in self.best.0.iter().enumerate() {
            for token in 0..tokens.len() {
                if let Some(number) = self.best.number(line, token) {
                    places.entry(number).or_default().push((line, token));
                }
            }
        }
        for (number, places) in places.iter().filter(|it| it.1.len() > 1) {
            self.lower(places, *number);
        }
        for line in 0..self.best.0.len() {
            for token in 0..self.best.0[line].len() {
                match self.best.number(line, token) {
                    Some(number) => self.lower(&[(line, token)], number),
                    None => self.shorten(line, token),
                }
            }
        }
    }

    /// Tries 0, 1, and then steps towards 0, from large to small.
    fn lower(&mut self, places: &[(usize, usize)], mut number: i64) {
        let with = |page: &Page, number: i64| {
            let mut page = page.clone();
            for &(line, token) in places {
                page.set(line, token, number);
            }
            page
        };
        for small in [0, 1] {
            if number == small || self.take(with(&self.best, small)) {
                return;
            }
        }
        let mut step = number / 2;
        while step != 0 && self.tries_left > 0 {
            if self.take(with(&self.best, number - step)) {
                number -= step;
                step = step.abs().min(number.abs() / 2) * number.signum();
            } else {
                step /= 2;
            }
        }
    }

    fn shorten(&mut self, line: usize, token: usize) {
        let n = self.best.0[line][token].len();
        self.drop_ranges(n, |page, range| {
            let mut page = page.clone();
            page.0[line][token].drain(range);
            (!page.0[line][token].is_empty()).then_some(page)
        });
    }
}

/// Returns the page without some of the elements that a number counts, and the number lowered.
fn without(
    page: &Page,
    line: usize,
    token: usize,
    counted: Counted,
    range: Range<usize>,
) -> Option<Page> {
    let mut page = page.clone();
    let n = page.number(line, token)?;
    let dropped = i64::try_from(range.len()).ok()?;
    let drain = |items: &mut Vec<Vec<u8>>, range: Range<usize>| {
        (range.end <= items.len()).then(|| drop(items.drain(range)))
    };
    match counted {
        Counted::Tokens(at) => drain(page.0.get_mut(at)?, range)?,
        Counted::Rest => {
            drain(
                &mut page.0[line],
                token + 1 + range.start..token + 1 + range.end,
            )?;
        }
        Counted::Lines(group) => {
            let lines = line + 1 + range.start * group..line + 1 + range.end * group;
            if lines.end > page.0.len() {
                return None;
            }
            page.0.drain(lines);
        }
        Counted::Columns(wide) => {
            for at in line + 1..=line + wide {
                drain(page.0.get_mut(at)?, range.clone())?;
            }
        }
        Counted::Characters(at, index) => {
            let word = page.0.get_mut(at)?.get_mut(index)?;
            if range.end > word.len() || range.len() == word.len() {
                return None;
            }
            word.drain(range);
        }
    }
    page.set(line, token, n - dropped);
    Some(page)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(input: &[u8]) -> Vec<i64> {
        let text = String::from_utf8_lossy(input);
        text.split_whitespace()
            .filter_map(|it| it.parse().ok())
            .collect()
    }

    #[track_caller]
    fn check(input: &str, still: impl FnMut(&[u8]) -> bool, expected: &str) {
        let small = reduced(input.as_bytes(), 10_000, still);
        assert_eq!(String::from_utf8_lossy(&small), expected);
    }

    /// Whether the first line counts the numbers of the second, and these are not ascending.
    fn is_unsorted_list(input: &[u8]) -> bool {
        let text = String::from_utf8_lossy(input);
        let lines: Vec<Vec<i64>> = text.lines().map(|it| numbers(it.as_bytes())).collect();
        matches!(&lines[..], [n, list] if n.len() == 1
            && usize::try_from(n[0]) == Ok(list.len()) && !list.is_sorted())
    }

    #[test]
    fn a_list_is_dropped_with_its_count() {
        check("6\n10 20 30 25 40 50\n", is_unsorted_list, "2\n1 0\n");
    }

    #[test]
    fn lines_groups_and_columns_are_dropped_with_their_counts() {
        let edges = |input: &[u8]| {
            let numbers = numbers(input);
            let well_formed = numbers.len() == 1 + 2 * usize::try_from(numbers[0]).unwrap_or(99);
            well_formed && numbers[1..].chunks(2).any(|it| it[0] == it[1])
        };
        check("4\n1 2\n2 3\n5 5\n4 1\n", edges, "1\n0 0\n");
        let cases = |input: &[u8]| {
            let text = String::from_utf8_lossy(input);
            let mut lines = text.lines();
            let n: usize = lines.next().and_then(|it| it.parse().ok()).unwrap_or(99);
            let rest: Vec<&str> = lines.collect();
            let is_case = |it: &[&str]| it[0].parse() == Ok(numbers(it[1].as_bytes()).len());
            rest.len() == 2 * n
                && rest.chunks(2).all(is_case)
                && rest
                    .chunks(2)
                    .any(|it| numbers(it[1].as_bytes()).contains(&-3))
        };
        check("3\n2\n1 2\n3\n4 -3 6\n1\n9\n", cases, "1\n1\n-3\n");
        let grid = |input: &[u8]| {
            let numbers = numbers(input);
            let [n, m, rest @ ..] = &numbers[..] else {
                return false;
            };
            i64::try_from(rest.len()) == Ok(n * m) && rest.contains(&7) && rest.contains(&8)
        };
        check("2 3\n1 2 7\n8 5 6\n", grid, "2 2\n0 7\n8 0\n");
    }

    #[test]
    fn words_become_short_and_numbers_small() {
        check("hello 100 world\n", |it| it.contains(&b'l'), "l\n");
        check("4\nabcb\n", |it| it.starts_with(b"4"), "4\n");
        check(
            "-1000\n",
            |it| numbers(it).iter().any(|it| *it < -17),
            "-18\n",
        );
        check("1000\n", |it| numbers(it).iter().any(|it| *it > 17), "18\n");
    }

    #[test]
    fn what_holds_of_nothing_smaller_stays() {
        check("1  2\n\n3", |it| it == b"1  2\n\n3", "1  2\n\n3");
        let many = "1 ".repeat(MAX_TOKENS + 1);
        check(&many, |_| true, &many);
        check("5\n1 2 3 4 5\n", |_| false, "5\n1 2 3 4 5\n");
    }

    proptest! {
        #[test]
        fn what_it_shows_is_never_lost(input in "[0-9a-c \n-]{0,80}", needle in "[0-9a-c]") {
            let needle = needle.as_bytes()[0];
            let still = |it: &[u8]| it.contains(&needle);
            prop_assume!(still(input.as_bytes()));
            let small = reduced(input.as_bytes(), 500, still);
            prop_assert!(still(&small));
            prop_assert!(small.len() <= input.len() + 1);
        }

        #[test]
        fn questions_are_bounded(input in "[0-9 \n]{0,200}", max in 0usize..50) {
            let mut n = 0;
            reduced(input.as_bytes(), max, |_| { n += 1; true });
            prop_assert!(n <= max);
        }
    }
}

//! Which inputs have a say in what a program's behaviour is.
//!
//! An input may be none that a contest would send: right programs crash on it, hang, or print what comes of reading
//! past its end. An input on which most programs fail is taken for one of these and does not vote. It stays recorded.

use riddle_clustering::{EndingClass, ExecutionMatrix};

/// Returns the inputs on which at least half of the candidates end well, in order; all where there is none, or where all
/// have a vote.
pub(crate) fn voting(matrix: &ExecutionMatrix, all_vote: bool) -> Vec<usize> {
    let total: u64 = (0..matrix.n_rows()).map(|row| matrix.weight(row)).sum();
    let ends_well = |input: usize| {
        let well = (0..matrix.n_rows())
            .filter(|row| matrix.cell(*row, input).ending == EndingClass::Ok)
            .map(|row| matrix.weight(row));
        2 * u128::from(well.sum::<u64>()) >= u128::from(total)
    };
    let all = 0..matrix.n_inputs();
    let voting: Vec<usize> = all.clone().filter(|it| ends_well(*it)).collect();
    if all_vote || voting.is_empty() {
        all.collect()
    } else {
        voting
    }
}

#[cfg(test)]
mod tests {
    use riddle_clustering::{Digest, Observation};

    use super::*;

    #[track_caller]
    fn check(rows: &[(u64, &str)], expected: &[usize]) {
        let n_inputs = rows.first().map_or(0, |it| it.1.len());
        let mut matrix = ExecutionMatrix::new(n_inputs);
        for (weight, row) in rows {
            let row = row.bytes().map(|byte| Observation {
                ending: if byte == b'!' {
                    EndingClass::Trap
                } else {
                    EndingClass::Ok
                },
                output: Digest([byte; 32]),
                fuel: 1,
                memory_bytes: 1,
            });
            matrix.push_row(*weight, &row.collect::<Vec<_>>());
        }
        assert_eq!(voting(&matrix, false), expected);
        assert_eq!(voting(&matrix, true).len(), matrix.n_inputs());
    }

    #[test]
    fn where_most_candidates_fail_there_is_no_vote() {
        check(&[(1, "a!b"), (1, "a!!"), (1, "ab!")], &[0]);
        check(&[(3, "a!b"), (1, "ab!"), (1, "ab!")], &[0, 2]);
        check(&[(1, "a!"), (1, "!a")], &[0, 1]);
    }

    #[test]
    fn something_always_votes() {
        check(&[(1, "!!"), (2, "!!")], &[0, 1]);
        check(&[(1, ""), (2, "")], &[]);
        check(&[], &[]);
    }
}

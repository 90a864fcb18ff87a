//! What the matrix keeps and what it compares; and matrices in a few characters, for other tests.

use super::*;

/// An execution in one character: a small letter or digit is an answer, the others are endings.
pub(crate) fn observation(letter: char) -> Observation {
    let ending = match letter {
        'X' => EndingClass::Exit,
        'T' => EndingClass::Trap,
        'F' => EndingClass::Fuel,
        'M' => EndingClass::Memory,
        'O' => EndingClass::Output,
        '?' => EndingClass::Unknown,
        _ => EndingClass::Ok,
    };
    Observation {
        ending,
        output: Digest([u8::try_from(letter).unwrap(); 32]),
        fuel: 7,
        memory_bytes: 65_536,
    }
}

/// A matrix with a row for each (weight, one character an input).
pub(crate) fn matrix(rows: &[(u64, &str)]) -> ExecutionMatrix {
    let mut matrix = ExecutionMatrix::new(rows.first().map_or(0, |(_, cells)| cells.len()));
    for (weight, cells) in rows {
        let row: Vec<Observation> = cells.chars().map(observation).collect();
        matrix.push_row(*weight, &row);
    }
    matrix
}

#[track_caller]
fn check_alike(left: Observation, right: Observation, alike: bool) {
    let mut matrix = ExecutionMatrix::new(2);
    matrix.push_row(1, &[left, right]);
    let [left, right] = [0, 1].map(|input| matrix.cell(0, input).outcome());
    assert_eq!(left.is_some() && left == right, alike);
}

#[test]
fn answers_are_compared_by_output() {
    check_alike(observation('a'), observation('a'), true);
    check_alike(observation('a'), observation('b'), false);
}

#[test]
fn fuel_and_memory_are_not_compared() {
    let thirsty = Observation {
        fuel: 9_000,
        memory_bytes: 9,
        ..observation('a')
    };
    check_alike(thirsty, observation('a'), true);
}

#[test]
fn failures_are_compared_by_ending_alone() {
    for letter in "XTFMO".chars() {
        let talkative = Observation {
            output: Digest([1; 32]),
            ..observation(letter)
        };
        check_alike(talkative, observation(letter), true);
        check_alike(
            observation('a'),
            Observation {
                output: observation('a').output,
                ..observation(letter)
            },
            false,
        );
    }
    check_alike(observation('X'), observation('T'), false);
    check_alike(observation('F'), observation('M'), false);
}

#[test]
fn the_unknown_is_not_like_itself() {
    check_alike(observation('?'), observation('?'), false);
}

#[test]
fn cells_come_back_as_they_were_pushed() {
    let seen = Observation {
        ending: EndingClass::Trap,
        output: Digest([3; 32]),
        fuel: 11,
        memory_bytes: 22,
    };
    let mut matrix = ExecutionMatrix::new(2);
    assert_eq!(matrix.push_row(4, &[observation('a'), seen]), 0);
    assert_eq!(matrix.push_row(1, &[seen, observation('a')]), 1);

    assert_eq!((matrix.n_rows(), matrix.n_inputs()), (2, 2));
    assert_eq!((matrix.weight(0), matrix.weight(1)), (4, 1));
    assert_eq!(matrix.cell(0, 1), matrix.cell(1, 0));
    let cell = matrix.cell(0, 1);
    assert_eq!(
        (cell.ending, cell.fuel, cell.memory_bytes),
        (EndingClass::Trap, 11, 22)
    );
    assert_eq!(matrix.digest(cell.output), Digest([3; 32]));
    assert_eq!(
        matrix.digest(matrix.cell(1, 1).output),
        observation('a').output
    );
}

#[test]
#[should_panic(expected = "a row has one observation an input")]
fn a_short_row_is_refused() {
    ExecutionMatrix::new(2).push_row(1, &[observation('a')]);
}

#[test]
fn endings_keep_their_numbers() {
    for (number, ending) in ENDINGS.into_iter().enumerate() {
        assert_eq!(ending as usize, number);
    }
}

#[test]
fn an_input_may_come_later() {
    let mut matrix = matrix(&[(1, "a"), (2, "b")]);
    assert_eq!(matrix.push_input(&[observation('b'), observation('T')]), 1);
    assert_eq!(matrix.n_inputs(), 2);
    assert_eq!(matrix.outcome(0, 1), matrix.outcome(1, 0));
    assert_eq!(matrix.cell(1, 1).ending, EndingClass::Trap);
}

#[test]
fn only_the_unknown_is_resolved() {
    let mut matrix = matrix(&[(1, "?b")]);
    assert!(matrix.resolve(0, 0, &observation('b')));
    assert!(!matrix.resolve(0, 0, &observation('c')));
    assert_eq!(matrix.outcome(0, 0), matrix.outcome(0, 1));
}

#[test]
fn duplicates_may_come_later() {
    let mut matrix = matrix(&[(3, "a")]);
    matrix.add_weight(0, 4);
    assert_eq!(matrix.weight(0), 7);
    matrix.add_weight(0, u64::MAX);
    assert_eq!(matrix.weight(0), u64::MAX);
}

#[test]
fn a_shrunk_matrix_still_knows_its_outputs() {
    let mut matrix = matrix(&[(1, "ab"), (1, "bc")]);
    matrix.shrink_to_fit();
    matrix.push_row(1, &[observation('c'), observation('a')]);
    assert_eq!(matrix.n_outputs(), 3);
    assert_eq!(matrix.outcome(2, 0), matrix.outcome(1, 1));
}

/// Bytes of a matrix with this many cells and distinct outputs, by what one row more costs.
fn bytes_at(n_rows: usize, n_inputs: usize, n_outputs: usize) -> usize {
    let cells = |n_rows| {
        let mut matrix = ExecutionMatrix::with_capacity(n_inputs, n_rows);
        for _ in 0..n_rows {
            matrix.push_row(1, &vec![observation('a'); n_inputs]);
        }
        matrix.shrink_to_fit();
        matrix.size_bytes()
    };
    let a_row = cells(20) - cells(19);
    cells(1) + a_row * (n_rows - 1) + n_outputs * Digests::BYTES
}

#[test]
fn a_hundred_thousand_programs_on_two_hundred_inputs_fit_in_a_gibibyte() {
    const ROWS: usize = 100_000;
    const INPUTS: usize = 200;
    const GIB: usize = 1 << 30;
    let usual = bytes_at(ROWS, INPUTS, ROWS * INPUTS / 10);
    assert!(usual < GIB / 2, "{usual} bytes");
    let worst = bytes_at(ROWS, INPUTS, ROWS * INPUTS);
    assert!(worst < GIB, "{worst} bytes");
}

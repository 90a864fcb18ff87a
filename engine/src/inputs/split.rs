//! Inputs that part programs which did the same so far: proposed, tried on a few programs of each cluster, and kept if
//! they part any.
//!
//! Asks for executions and is told what came of them; runs nothing itself, so that a search, a bench and a test can each
//! run them their own way. Proposals come from the grammar, and from mutations of inputs that parted programs before.
//! The fuel that programs take guides it, too: of a cluster, programs of different fuel are tried first, since they are
//! more likely to differ than copies of one program. Which answer is right is not known here.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use riddle_clustering::{
    Digest as OutputDigest, EndingClass, ExecutionMatrix, MatrixView, Observation, Outcome, cluster,
};
use riddle_problems::inputs::{
    blend::Origin,
    grammar::{Generated, Grammar},
    mutate::mutated_inputs,
};
use riddle_sandbox::Digest;

use super::suspects::voting;

/// Proposals of one round.
const PROPOSALS: usize = 16;
/// Of them mutants of inputs that parted programs.
const MUTANTS: usize = 6;
/// Clusters that are to be parted, the largest first.
const MAX_CLUSTERS: usize = 8;
/// Programs of one cluster that proposals are tried on.
const MAX_MEMBERS: usize = 6;
/// Rounds that part nothing, after which there are no more.
const MAX_IDLE: usize = 3;
/// The most rounds.
const MAX_ROUNDS: usize = 32;
/// Generated inputs from which the first mutants are made: those on which programs did the most different things.
const FIRST_PARENTS: usize = 4;
/// What an execution costs besides its fuel, in fuel: some 20 µs.
const EXECUTION_FUEL: u64 = 2_000_000;

/// Executions that are asked for: each program on each input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Rows of the matrix, ascending.
    pub rows: Vec<usize>,
    /// What they read.
    pub inputs: Vec<Arc<[u8]>>,
}

/// An input that parts programs which did the same on all inputs before it.
#[derive(Clone, Debug)]
pub struct Parting {
    /// The input.
    pub content: Arc<[u8]>,
    /// How it was made.
    pub origin: Origin,
    /// What each program did on it, in the order of rows.
    pub observations: Vec<Observation>,
}

/// What a round is at.
enum Stage {
    /// Nothing is asked for.
    Idle,
    /// A few programs try all proposals.
    Trying(Asked, Vec<Origin>),
    /// All others try what is kept of them. With each goes what the first few did, by row.
    Filling(Asked, Vec<(Origin, BTreeMap<usize, Observation>)>),
}

/// The search for inputs that part programs.
pub struct Splitter<'a> {
    grammar: Option<&'a Grammar>,
    /// Inputs of the grammar that were not proposed yet, last first, and how many were asked of it so far.
    grammatical: Vec<Generated>,
    n_generated: usize,
    /// Inputs that mutants are made of.
    parents: Vec<Arc<[u8]>>,
    seen: HashSet<Digest>,
    weights: Vec<u64>,
    /// Rows that did the same so far, the heaviest cluster first.
    clusters: Vec<Vec<usize>>,
    /// What a row took of fuel on all inputs that it was run on; equal for copies of one program.
    traces: Vec<Digest>,
    stage: Stage,
    found: Vec<Parting>,
    n_wanted: usize,
    seed: u64,
    n_rounds: usize,
    n_idle: usize,
    fuel_left: u64,
    /// Executions that were asked for so far, and their fuel.
    n_executions: u64,
    fuel: u64,
}

impl<'a> Splitter<'a> {
    /// Begins a search for at most `n_wanted` inputs. `matrix` tells what programs did on `inputs`, and the search may
    /// spend as much fuel as they took for that, with what each execution costs besides.
    pub fn new(
        matrix: &ExecutionMatrix,
        inputs: &[Arc<[u8]>],
        public: &[Arc<[u8]>],
        grammar: Option<&'a Grammar>,
        n_wanted: usize,
        seed: u64,
    ) -> Self {
        let rows = 0..matrix.n_rows();
        let fuel_of = |row: usize| -> Vec<u64> {
            let cells = (0..matrix.n_inputs()).map(|it| matrix.cell(row, it).fuel);
            cells.collect()
        };
        let fuel = rows.clone().flat_map(fuel_of);
        let fuel_left = fuel.fold(0u64, |sum, it| {
            sum.saturating_add(it).saturating_add(EXECUTION_FUEL)
        });
        let n_outcomes = |input: usize| {
            let outcomes = rows.clone().filter_map(|row| matrix.outcome(row, input));
            outcomes.collect::<HashSet<Outcome>>().len()
        };
        let mut telling: Vec<(usize, usize)> = (0..matrix.n_inputs())
            .map(|it| (n_outcomes(it), it))
            .filter(|it| it.0 > 1)
            .collect();
        telling.sort_by_key(|it| (std::cmp::Reverse(it.0), it.1));
        let telling = telling.iter().take(FIRST_PARENTS);
        let parents = telling.map(|it| Arc::clone(&inputs[it.1]));
        Self {
            parents: public.iter().map(Arc::clone).chain(parents).collect(),
            seen: (inputs.iter().chain(public))
                .map(|it| Digest::of(it))
                .collect(),
            grammar,
            grammatical: Vec::new(),
            n_generated: 0,
            weights: rows.clone().map(|it| matrix.weight(it)).collect(),
            clusters: cluster(MatrixView::new(matrix).inputs(&voting(matrix, false)))
                .into_iter()
                .map(|it| it.members)
                .collect(),
            traces: rows.map(|it| trace(&fuel_of(it))).collect(),
            stage: Stage::Idle,
            found: Vec::new(),
            n_wanted,
            seed,
            n_rounds: 0,
            n_idle: 0,
            fuel_left,
            n_executions: 0,
            fuel: 0,
        }
    }

    /// Returns what is to be run next; `None` where the search is over. Asks the same until it is told.
    pub fn ask(&mut self) -> Option<&Asked> {
        if matches!(self.stage, Stage::Idle) {
            self.propose()?;
        }
        match &self.stage {
            Stage::Idle => None,
            Stage::Trying(asked, _) | Stage::Filling(asked, _) => Some(asked),
        }
    }

    /// Takes what programs did: for each of the rows asked for, an observation for each of the inputs.
    ///
    /// # Panics
    ///
    /// Panics if nothing was asked for, or another number of executions.
    pub fn tell(&mut self, did: &[Vec<Observation>]) {
        let stage = std::mem::replace(&mut self.stage, Stage::Idle);
        let (Stage::Trying(asked, _) | Stage::Filling(asked, _)) = &stage else {
            panic!("nothing was asked for");
        };
        assert_eq!(did.len(), asked.rows.len(), "one for each row");
        for row in did {
            assert_eq!(row.len(), asked.inputs.len(), "one for each input");
            for it in row {
                let cost = it.fuel.saturating_add(EXECUTION_FUEL);
                self.fuel_left = self.fuel_left.saturating_sub(cost);
                self.fuel = self.fuel.saturating_add(it.fuel);
                self.n_executions += 1;
            }
        }
        match stage {
            Stage::Idle => unreachable!("something was asked for"),
            Stage::Trying(asked, origins) => self.choose(&asked, &origins, did),
            Stage::Filling(asked, kept) => self.keep(&asked, kept, did),
        }
    }

    /// Returns the digests of inputs that were found or are being filled in: what programs did on others is of no use
    /// any more.
    pub fn in_use(&self) -> HashSet<Digest> {
        let filled = match &self.stage {
            Stage::Filling(asked, _) => &asked.inputs[..],
            Stage::Idle | Stage::Trying(..) => &[],
        };
        let found = self.found.iter().map(|it| &it.content);
        found.chain(filled).map(|it| Digest::of(it)).collect()
    }

    /// Returns what was found, and the executions and fuel that it took.
    pub fn finish(self) -> (Vec<Parting>, u64, u64) {
        (self.found, self.n_executions, self.fuel)
    }

    /// Asks a few programs of each large cluster to try new inputs.
    fn propose(&mut self) -> Option<()> {
        let is_over = self.found.len() >= self.n_wanted
            || self.n_idle >= MAX_IDLE
            || self.n_rounds >= MAX_ROUNDS
            || self.fuel_left == 0;
        let mut rows: Vec<usize> = self.groups().into_iter().flatten().collect();
        if is_over || rows.is_empty() {
            return None;
        }
        rows.sort_unstable();
        let (mut inputs, mut origins) = (Vec::new(), Vec::new());
        let seed = self.seed.wrapping_add(self.n_rounds as u64 + 1);
        let parents: Vec<&[u8]> = self.parents.iter().map(|it| &**it).collect();
        let mut mutants = mutated_inputs(&parents, 2 * PROPOSALS, seed).into_iter();
        let mut is_through = false;
        while inputs.len() < PROPOSALS && !is_through {
            let n_grammatical = PROPOSALS - MUTANTS;
            let grammatical = if inputs.len() < n_grammatical {
                self.next_grammatical()
            } else {
                None
            };
            let (content, origin): (Arc<[u8]>, _) = match (grammatical, mutants.next()) {
                (Some(it), _) => (it.bytes.into(), Origin::Grammar(it.how)),
                (None, Some(it)) => (it.into(), Origin::Mutation),
                (None, None) => {
                    is_through = true;
                    continue;
                }
            };
            if self.seen.insert(Digest::of(&content)) {
                inputs.push(content);
                origins.push(origin);
            }
        }
        self.n_rounds += 1;
        if inputs.is_empty() {
            return None;
        }
        self.stage = Stage::Trying(Asked { rows, inputs }, origins);
        Some(())
    }

    /// Returns the grammar's next input. Twice as many are asked for each time: fewer are a prefix of more, and most
    /// searches end after a few rounds.
    fn next_grammatical(&mut self) -> Option<Generated> {
        if self.grammatical.is_empty() {
            let n = (2 * self.n_generated).clamp(2 * PROPOSALS, MAX_ROUNDS * PROPOSALS);
            let mut all = self.grammar?.generate(n, self.seed);
            self.grammatical = all.split_off(self.n_generated.min(all.len()));
            self.grammatical.reverse();
            self.n_generated = n;
        }
        self.grammatical.pop()
    }

    /// Returns the programs that proposals are tried on, by cluster: of different fuel first, then the earliest.
    fn groups(&self) -> Vec<Vec<usize>> {
        let clusters = self.clusters.iter().filter(|it| it.len() > 1);
        let group = |members: &Vec<usize>| {
            let mut traces = HashSet::new();
            let (first, copies): (Vec<usize>, Vec<usize>) = members
                .iter()
                .partition(|row| traces.insert(self.traces[**row]));
            first.into_iter().chain(copies).take(MAX_MEMBERS).collect()
        };
        clusters.take(MAX_CLUSTERS).map(group).collect()
    }

    /// Keeps the proposals that part the most, one after the other, until none parts what is still together.
    fn choose(&mut self, asked: &Asked, origins: &[Origin], did: &[Vec<Observation>]) {
        let mut groups = self.groups();
        let at = |row: usize| asked.rows.binary_search(&row).expect("it was asked for");
        let class_of = |row: usize, input: usize| class(&did[at(row)][input]);
        let is_sound = |input: &usize| {
            let n_well = did.iter().filter(|it| it[*input].ending == EndingClass::Ok);
            2 * n_well.count() >= did.len()
        };
        let mut proposals: Vec<usize> = (0..asked.inputs.len()).filter(is_sound).collect();
        let mut chosen = Vec::new();
        while self.found.len() + chosen.len() < self.n_wanted {
            let values = proposals.iter().map(|input| {
                let parted = groups
                    .iter()
                    .map(|group| self.parted(group, |row| class_of(row, *input)));
                parted.sum::<u128>()
            });
            let Some((value, place)) = values
                .zip(0..)
                .max_by_key(|(value, place)| (*value, std::cmp::Reverse(*place)))
            else {
                break;
            };
            if value == 0 {
                break;
            }
            let input = proposals.remove(place);
            groups = refined(&groups, |row| class_of(row, input));
            chosen.push(input);
        }
        if chosen.is_empty() {
            self.n_idle += 1;
            return;
        }
        self.n_idle = 0;
        chosen.sort_unstable();
        let kept = chosen.iter().map(|&input| {
            let rows = asked.rows.iter().zip(did);
            let did = rows.map(|(row, did)| (*row, did[input])).collect();
            (origins[input], did)
        });
        let kept = kept.collect();
        let is_new = |row: &usize| asked.rows.binary_search(row).is_err();
        let asked = Asked {
            rows: (0..self.weights.len()).filter(is_new).collect(),
            inputs: chosen
                .iter()
                .map(|it| Arc::clone(&asked.inputs[*it]))
                .collect(),
        };
        if asked.rows.is_empty() {
            self.keep(&asked, kept, &[]);
        } else {
            self.stage = Stage::Filling(asked, kept);
        }
    }

    /// Returns the pairs of candidates that an input parts.
    fn parted(&self, group: &[usize], class_of: impl Fn(usize) -> Class) -> u128 {
        let mut classes: BTreeMap<Class, u128> = BTreeMap::new();
        for &row in group {
            *classes.entry(class_of(row)).or_default() += u128::from(self.weights[row]);
        }
        let all: u128 = classes.values().sum();
        let together: u128 = classes.values().map(|it| it * it).sum();
        all * all - together
    }

    /// Whether an input has a vote: at least half of the candidates end well on it.
    fn has_vote(&self, observations: &[Observation]) -> bool {
        let weights = self.weights.iter().map(|it| u128::from(*it));
        let all: u128 = weights.clone().sum();
        let well = weights
            .zip(observations)
            .filter(|it| it.1.ending == EndingClass::Ok);
        2 * well.map(|it| it.0).sum::<u128>() >= all
    }

    /// Takes inputs that all programs have tried.
    fn keep(
        &mut self,
        asked: &Asked,
        kept: Vec<(Origin, BTreeMap<usize, Observation>)>,
        did: &[Vec<Observation>],
    ) {
        for (place, (content, (origin, mut of_row))) in asked.inputs.iter().zip(kept).enumerate() {
            let rows = asked.rows.iter().zip(did);
            of_row.extend(rows.map(|(row, did)| (*row, did[place])));
            let observations: Vec<Observation> = of_row.into_values().collect();
            if !self.has_vote(&observations) {
                continue;
            }
            self.clusters = refined(&self.clusters, |row| class(&observations[row]));
            for (trace_of, did) in self.traces.iter_mut().zip(&observations) {
                *trace_of = Digest::of_parts(
                    "riddle 2026-11-25 trace",
                    &[&trace_of.0, &did.fuel.to_le_bytes()],
                );
            }
            self.parents.push(Arc::clone(content));
            self.found.push(Parting {
                content: Arc::clone(content),
                origin,
                observations,
            });
        }
        let weights = &self.weights;
        self.clusters.sort_by_key(|it| {
            std::cmp::Reverse(it.iter().map(|row| u128::from(weights[*row])).sum::<u128>())
        });
    }
}

/// What two executions are compared by: the ending, and the output of those that ended well.
type Class = (EndingClass, Option<OutputDigest>);

fn class(observation: &Observation) -> Class {
    let is_well = observation.ending == EndingClass::Ok;
    (observation.ending, is_well.then_some(observation.output))
}

/// Parts groups by what their rows did. The parts of one group come in the order of their first rows.
fn refined(groups: &[Vec<usize>], class_of: impl Fn(usize) -> Class) -> Vec<Vec<usize>> {
    let mut parts = Vec::new();
    for group in groups {
        let mut place_of = BTreeMap::new();
        for &row in group {
            let class = class_of(row);
            // What is not known is like nothing, not even like itself.
            let is_known = class.0 != EndingClass::Unknown;
            if let Some(place) = place_of.get(&class).filter(|_| is_known) {
                let part: &mut Vec<usize> = &mut parts[*place];
                part.push(row);
            } else {
                place_of.insert(class, parts.len());
                parts.push(vec![row]);
            }
        }
    }
    parts
}

/// Returns a digest of what a program took of fuel.
fn trace(fuel: &[u64]) -> Digest {
    let bytes: Vec<u8> = fuel.iter().flat_map(|it| it.to_le_bytes()).collect();
    Digest::of_parts("riddle 2026-11-25 trace", &[&bytes])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program that reads a number, as its answer and its fuel.
    type Toy = fn(u64) -> Result<u64, EndingClass>;

    const TOYS: [(u64, Toy); 6] = [
        (4, |n| Ok(n * 2)),
        (3, |n| Ok(if n % 7 == 3 { 0 } else { n * 2 })),
        (1, |n| Ok(if n > 5000 { 1 } else { n * 2 })),
        (1, |n| Ok(n * 2)),
        (1, |n| {
            if n % 11 == 5 {
                Err(EndingClass::Trap)
            } else {
                Ok(n * 2)
            }
        }),
        (1, |n| Ok(n + n)),
    ];

    fn observe(toy: Toy, input: &[u8]) -> Observation {
        let text = std::str::from_utf8(input).unwrap_or_default();
        let did = match text.trim().parse() {
            Ok(n) => toy(n),
            Err(_) => Err(EndingClass::Exit),
        };
        Observation {
            ending: did.err().unwrap_or(EndingClass::Ok),
            output: OutputDigest(Digest::of(&did.unwrap_or_default().to_le_bytes()).0),
            fuel: 1000,
            memory_bytes: 0,
        }
    }

    fn searched(inputs: &[&[u8]], n_wanted: usize, seed: u64) -> (Vec<Parting>, u64, u64) {
        with_splitter(inputs, n_wanted, seed, |row, input| {
            observe(TOYS[row].1, input)
        })
    }

    /// Runs a search; `did` is what a row does.
    fn with_splitter(
        inputs: &[&[u8]],
        n_wanted: usize,
        seed: u64,
        did: impl Fn(usize, &[u8]) -> Observation,
    ) -> (Vec<Parting>, u64, u64) {
        let mut matrix = ExecutionMatrix::new(inputs.len());
        for (weight, toy) in TOYS {
            let row: Vec<Observation> = inputs.iter().map(|it| observe(toy, it)).collect();
            matrix.push_row(weight, &row);
        }
        let inputs: Vec<Arc<[u8]>> = inputs.iter().map(|it| Arc::from(*it)).collect();
        let grammar = Grammar::infer(&[b"12\n"], "");
        let public = [Arc::from(&b"12\n"[..])];
        let grammar = grammar.as_ref().ok();
        let mut splitter = Splitter::new(&matrix, &inputs, &public, grammar, n_wanted, seed);
        while let Some(asked) = splitter.ask() {
            let of_row = |row: &usize| asked.inputs.iter().map(|it| did(*row, it)).collect();
            let did: Vec<Vec<Observation>> = asked.rows.iter().map(of_row).collect();
            splitter.tell(&did);
        }
        splitter.finish()
    }

    /// Inputs on which all toys do the same, so many that there is fuel for a search.
    const ALIKE: [&[u8]; 40] = [b"1\n"; 40];

    #[test]
    fn programs_that_did_the_same_are_parted_and_each_input_parts_some() {
        let (found, n_executions, fuel) = searched(&ALIKE, 50, 1);
        let mut groups = vec![(0..TOYS.len()).collect::<Vec<_>>()];
        for parting in &found {
            let parted = refined(&groups, |row| class(&parting.observations[row]));
            assert!(parted.len() > groups.len(), "{:?}", parting.content);
            for (row, seen) in parting.observations.iter().enumerate() {
                assert_eq!(*seen, observe(TOYS[row].1, &parting.content));
            }
            groups = parted;
        }
        // Those that are the same on every input stay together.
        assert_eq!(groups.len(), 4, "{groups:?}");
        assert!(groups.contains(&vec![0, 3, 5]));
        assert!(n_executions > 0 && fuel == n_executions * 1000);
    }

    #[test]
    fn a_search_ends_at_its_budget_and_at_the_number_wanted() {
        let (found, n_executions, _) = searched(&[b"1\n"], 50, 1);
        // One round, which the budget does not reach beyond.
        assert!(
            n_executions <= (PROPOSALS * TOYS.len()) as u64,
            "{n_executions}"
        );
        assert!(found.len() <= PROPOSALS);
        assert_eq!(searched(&ALIKE, 1, 1).0.len(), 1);
        assert_eq!(searched(&ALIKE, 0, 1).1, 0);
        assert_eq!(searched(&[], 50, 1).1, 0);
    }

    #[test]
    fn the_same_seed_finds_the_same_inputs() {
        let contents = |seed| -> Vec<Arc<[u8]>> {
            let (found, ..) = searched(&ALIKE, 50, seed);
            found.into_iter().map(|it| it.content).collect()
        };
        assert_eq!(contents(3), contents(3));
        assert_ne!(contents(3), contents(4));
    }

    #[test]
    fn an_input_on_which_most_fail_is_not_kept() {
        let crash: Observation = observe(|_| Err(EndingClass::Trap), b"1");
        let (found, ..) = with_splitter(&ALIKE, 50, 1, |row, input| match row {
            0 => observe(TOYS[0].1, input),
            _ => crash,
        });
        assert!(found.is_empty());
    }

    #[test]
    fn what_is_not_known_is_alone() {
        let unknown = (EndingClass::Unknown, None);
        let known = (EndingClass::Trap, None);
        let parts = refined(
            &[vec![0, 1, 2, 3]],
            |row| if row < 2 { unknown } else { known },
        );
        assert_eq!(parts, [vec![0], vec![1], vec![2, 3]]);
    }
}

//! Random graphs, as lists of edges between the nodes `0..n`.

use std::collections::BTreeSet;

use super::super::dice::Dice;

/// How often, for each edge, another is tried that is new.
const TRIES_PER_EDGE: usize = 30;
/// Up to so many possible edges they are all listed.
const MAX_LISTED: usize = 1 << 16;

/// What a graph must keep to.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    pub(super) is_connected: bool,
    pub(super) is_simple: bool,
    pub(super) has_loops: bool,
}

/// Returns a graph of so many edges, or `None` where there is none or none was found.
pub(super) fn edges(
    n_nodes: usize,
    n_edges: usize,
    rules: Rules,
    dice: &mut Dice,
) -> Option<Vec<(usize, usize)>> {
    if n_edges == 0 {
        return (!rules.is_connected || n_nodes <= 1).then(Vec::new);
    }
    if n_nodes == 0 || n_nodes == 1 && !rules.has_loops {
        return None;
    }
    let all = n_nodes.checked_mul(n_nodes - 1)? / 2;
    let all = all + if rules.has_loops { n_nodes } else { 0 };
    if rules.is_simple && n_edges > all || rules.is_connected && n_edges + 1 < n_nodes {
        return None;
    }
    let mut labels: Vec<usize> = (0..n_nodes).collect();
    dice.shuffle(&mut labels);
    let mut edges = Vec::with_capacity(n_edges);
    if rules.is_connected {
        let shape = dice.index(4);
        for node in 1..n_nodes {
            let parent = match shape {
                0 => node - 1,
                1 if !dice.one_in(4) => 0,
                2 => node - 1 - dice.index(node.min(3)),
                _ => dice.index(node),
            };
            edges.push((labels[parent], labels[node]));
        }
    }
    let mut known: BTreeSet<(usize, usize)> = edges.iter().map(|it| sorted(*it)).collect();
    if rules.is_simple && all <= MAX_LISTED && n_edges * 3 > all {
        let mut others = Vec::new();
        for left in 0..n_nodes {
            for right in left + usize::from(!rules.has_loops)..n_nodes {
                if !known.contains(&(left, right)) {
                    others.push((left, right));
                }
            }
        }
        dice.shuffle(&mut others);
        let missing = n_edges - edges.len();
        edges.extend(others.into_iter().take(missing));
    }
    let mut tries = n_edges.saturating_mul(TRIES_PER_EDGE);
    while edges.len() < n_edges {
        tries = tries.checked_sub(1)?;
        let edge = (dice.index(n_nodes), dice.index(n_nodes));
        if edge.0 == edge.1 && !rules.has_loops {
            continue;
        }
        if !rules.is_simple || known.insert(sorted(edge)) {
            edges.push(edge);
        }
    }
    for edge in &mut edges {
        if dice.one_in(2) {
            *edge = (edge.1, edge.0);
        }
    }
    dice.shuffle(&mut edges);
    Some(edges)
}

fn sorted(edge: (usize, usize)) -> (usize, usize) {
    (edge.0.min(edge.1), edge.0.max(edge.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphs_keep_to_their_rules() {
        let mut dice = Dice::named("test", 0);
        for n_nodes in 0..7 {
            for n_edges in 0..9 {
                for bits in 0..8 {
                    let rules = Rules {
                        is_connected: bits & 1 > 0,
                        is_simple: bits & 2 > 0,
                        has_loops: bits & 4 > 0,
                    };
                    let Some(edges) = edges(n_nodes, n_edges, rules, &mut dice) else {
                        continue;
                    };
                    assert_eq!(edges.len(), n_edges);
                    let distinct: BTreeSet<_> = edges.iter().map(|it| sorted(*it)).collect();
                    assert!(!rules.is_simple || distinct.len() == n_edges);
                    assert!(rules.has_loops || edges.iter().all(|it| it.0 != it.1));
                    assert!(edges.iter().all(|it| it.0 < n_nodes && it.1 < n_nodes));
                }
            }
        }
    }

    #[test]
    fn trees_and_complete_graphs_are_found() {
        let mut dice = Dice::named("test", 0);
        let rules = Rules {
            is_connected: true,
            is_simple: true,
            has_loops: false,
        };
        assert!(edges(1000, 999, rules, &mut dice).is_some());
        assert!(edges(20, 190, rules, &mut dice).is_some());
        assert!(edges(20, 191, rules, &mut dice).is_none());
        assert!(edges(20, 18, rules, &mut dice).is_none());
    }
}

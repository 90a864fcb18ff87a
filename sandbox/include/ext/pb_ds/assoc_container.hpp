// GNU's policy-based containers with keys, in implementations of our own: trees with order statistics,
// hash tables, tries of strings.
#pragma once

#include <ext/pb_ds/riddle_hash.hpp>
#include <ext/pb_ds/riddle_tree.hpp>
#include <ext/pb_ds/trie_policy.hpp>

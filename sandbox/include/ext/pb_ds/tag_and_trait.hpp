// What names GNU's policy-based containers: the tags of their kinds. They choose nothing here.
#pragma once

#include <stdexcept>

namespace __gnu_pbds {

struct null_type {};
// The name that GNU's had first.
typedef null_type null_mapped_type;

struct container_tag {};
struct basic_hash_tag : container_tag {};
struct cc_hash_tag : basic_hash_tag {};
struct gp_hash_tag : basic_hash_tag {};
struct basic_branch_tag : container_tag {};
struct tree_tag : basic_branch_tag {};
struct rb_tree_tag : tree_tag {};
struct splay_tree_tag : tree_tag {};
struct ov_tree_tag : tree_tag {};
struct trie_tag : basic_branch_tag {};
struct pat_trie_tag : trie_tag {};
struct priority_queue_tag : container_tag {};
struct pairing_heap_tag : priority_queue_tag {};
struct binomial_heap_tag : priority_queue_tag {};
struct rc_binomial_heap_tag : priority_queue_tag {};
struct binary_heap_tag : priority_queue_tag {};
struct thin_heap_tag : priority_queue_tag {};

struct container_error : std::logic_error {
    container_error() : std::logic_error("__gnu_pbds::container_error") {}
};
struct insert_error : container_error {};
struct join_error : container_error {};
struct resize_error : container_error {};

} // namespace __gnu_pbds

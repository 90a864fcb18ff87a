// The policies of GNU's hash tables, which choose nothing here.
#pragma once

#include <cstddef>
#include <ext/pb_ds/tag_and_trait.hpp>
#include <functional>

namespace __gnu_pbds {

template <class... Args> struct linear_probe_fn {};
template <class... Args> struct quadratic_probe_fn {};
template <class... Args> struct direct_mask_range_hashing {};
template <class... Args> struct direct_mod_range_hashing {};
struct null_probe_fn {};
template <class... Args> struct hash_exponential_size_policy {
    hash_exponential_size_policy(std::size_t = 8, std::size_t = 2) {}
};
struct hash_prime_size_policy {
    hash_prime_size_policy(std::size_t = 8) {}
};
template <bool External = false, class Size = std::size_t> struct hash_load_check_resize_trigger {
    hash_load_check_resize_trigger(float = 0.125, float = 0.5) {}
};
template <bool External = false, class Size = std::size_t>
struct cc_hash_max_collision_check_resize_trigger {
    cc_hash_max_collision_check_resize_trigger(float = 0.5) {}
};
template <class Size_Policy = hash_exponential_size_policy<>,
          class Trigger = hash_load_check_resize_trigger<>, bool External = false, class Size = std::size_t>
struct hash_standard_resize_policy {
    hash_standard_resize_policy() {}
    hash_standard_resize_policy(std::size_t) {}
    hash_standard_resize_policy(const Size_Policy &) {}
    hash_standard_resize_policy(const Size_Policy &, const Trigger &) {}
};
template <class Key> struct default_hash_fn : std::hash<Key> {};

} // namespace __gnu_pbds

// GNU's hash tables, over those of the standard library: what a program can tell apart is the order of
// iteration, which no program may rely on.
#pragma once

#include <cstddef>
#include <ext/pb_ds/hash_policy.hpp>
#include <ext/pb_ds/tag_and_trait.hpp>
#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace __gnu_pbds {
namespace riddle {

// Submissions' hash functions are often not `const`.
template <class Key, class Fn>
struct hasher {
    mutable Fn fn{};
    std::size_t operator()(const Key &key) const { return fn(key); }
};
template <class Key, class Fn>
struct equal {
    mutable Fn fn{};
    bool operator()(const Key &a, const Key &b) const { return fn(a, b); }
};

template <class Key, class Mapped, class Hash, class Eq>
struct hash_base {
    typedef std::unordered_map<Key, Mapped, hasher<Key, Hash>, equal<Key, Eq>> type;
};
template <class Key, class Hash, class Eq>
struct hash_base<Key, null_type, Hash, Eq> {
    typedef std::unordered_set<Key, hasher<Key, Hash>, equal<Key, Eq>> type;
};

template <class Key, class Mapped, class Hash, class Eq, class Tag>
class hash_table : public hash_base<Key, Mapped, Hash, Eq>::type {
    typedef typename hash_base<Key, Mapped, Hash, Eq>::type base;

public:
    typedef typename base::iterator point_iterator;
    typedef typename base::const_iterator const_point_iterator;
    typedef const Key &key_const_reference;
    typedef Mapped mapped_type;
    typedef Tag container_category;
    typedef Hash hash_fn;
    typedef Eq eq_fn;

    hash_table() {}
    hash_table(const Hash &hash, const Eq &eq) : base(0, hasher<Key, Hash>{hash}, equal<Key, Eq>{eq}) {}

    // True if the key was there.
    bool erase(const Key &key) { return base::erase(key) != 0; }
    template <class Pred>
    std::size_t erase_if(Pred pred) {
        std::size_t before = this->size();
        for (auto it = this->begin(); it != this->end();)
            it = pred(*it) ? base::erase(it) : std::next(it);
        return before - this->size();
    }
    void resize(std::size_t size) { this->reserve(size); }
    std::size_t get_actual_size() const { return this->bucket_count(); }
};

} // namespace riddle

template <class Key, class Mapped, class Hash = std::hash<Key>, class Eq = std::equal_to<Key>,
          class Comb_Probe = direct_mask_range_hashing<>, class Probe = linear_probe_fn<>,
          class Resize = hash_standard_resize_policy<>, bool Store_Hash = false,
          class Alloc = std::allocator<char>>
class gp_hash_table : public riddle::hash_table<Key, Mapped, Hash, Eq, gp_hash_tag> {
    typedef riddle::hash_table<Key, Mapped, Hash, Eq, gp_hash_tag> base;

public:
    gp_hash_table() {}
    gp_hash_table(const Hash &hash, const Eq &eq = Eq(), const Comb_Probe & = Comb_Probe(),
                  const Probe & = Probe(), const Resize & = Resize())
        : base(hash, eq) {}
    template <class It>
    gp_hash_table(It first, It last) {
        this->insert(first, last);
    }
};

template <class Key, class Mapped, class Hash = std::hash<Key>, class Eq = std::equal_to<Key>,
          class Comb_Hash = direct_mask_range_hashing<>, class Resize = hash_standard_resize_policy<>,
          bool Store_Hash = false, class Alloc = std::allocator<char>>
class cc_hash_table : public riddle::hash_table<Key, Mapped, Hash, Eq, cc_hash_tag> {
    typedef riddle::hash_table<Key, Mapped, Hash, Eq, cc_hash_tag> base;

public:
    cc_hash_table() {}
    cc_hash_table(const Hash &hash, const Eq &eq = Eq(), const Comb_Hash & = Comb_Hash(),
                  const Resize & = Resize())
        : base(hash, eq) {}
    template <class It>
    cc_hash_table(It first, It last) {
        this->insert(first, last);
    }
};

} // namespace __gnu_pbds

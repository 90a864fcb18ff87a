// GNU's `trie` of strings, as a tree in the order of strings: the same answers, at the cost of comparing
// keys whole.
#pragma once

#include <ext/pb_ds/riddle_tree.hpp>
#include <string>

namespace __gnu_pbds {

template <class String = std::string, class... Args>
struct trie_string_access_traits {
    typedef String key_type;
};

// Their work is the tree's; the names say what is wanted.
template <class CNode, class Node, class Cmp, class Alloc>
struct trie_prefix_search_node_update : null_node_update<CNode, Node, Cmp, Alloc> {};
template <class CNode, class Node, class Cmp, class Alloc>
struct trie_order_statistics_node_update : tree_order_statistics_node_update<CNode, Node, Cmp, Alloc> {};

template <class Key, class Mapped, class Traits = trie_string_access_traits<Key>, class Tag = pat_trie_tag,
          template <class, class, class, class> class Node_Update = null_node_update,
          class Alloc = std::allocator<char>>
class trie : public tree<Key, Mapped, std::less<Key>, Tag, Node_Update, Alloc> {
    typedef tree<Key, Mapped, std::less<Key>, Tag, Node_Update, Alloc> base;

public:
    typedef Traits access_traits;
    typedef typename base::iterator iterator;
    typedef typename base::const_iterator const_iterator;
    using base::base;

    // The elements whose keys begin with the prefix.
    std::pair<iterator, iterator> prefix_range(const Key &prefix) {
        return {this->lower_bound(prefix), after(*this, prefix)};
    }
    std::pair<const_iterator, const_iterator> prefix_range(const Key &prefix) const {
        return {this->lower_bound(prefix), after(*this, prefix)};
    }

private:
    // The first element that is greater than all that begin with the prefix.
    template <class Self>
    static auto after(Self &self, Key prefix) -> decltype(self.end()) {
        while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 255)
            prefix.pop_back();
        if (prefix.empty())
            return self.end();
        ++prefix.back();
        return self.lower_bound(prefix);
    }
};

} // namespace __gnu_pbds

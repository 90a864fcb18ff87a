// What a tree can keep in its nodes beside the keys: nothing, or the size of each subtree.
#pragma once

#include <cstddef>
#include <ext/pb_ds/tag_and_trait.hpp>
#include <utility>

namespace __gnu_pbds {

template <class, class, class, class>
struct null_node_update {
    typedef null_type metadata_type;
};

template <class CNode, class Node, class Cmp, class Alloc>
class tree_order_statistics_node_update {
    typedef typename Node::iterator iterator_;
    typedef typename CNode::iterator const_iterator_;
    typedef typename Node::key_type key_;

    virtual CNode node_begin() const = 0;
    virtual Node node_begin() = 0;
    virtual CNode node_end() const = 0;
    virtual Node node_end() = 0;
    virtual iterator_ end() = 0;
    virtual Cmp &get_cmp_fn() = 0;

    template <class It>
    static std::size_t size_(It node, It end) {
        return node == end ? 0 : node.get_metadata();
    }

    template <class Result, class It>
    static Result by_order_(It node, It end, std::size_t order, Result none) {
        while (node != end) {
            std::size_t below = size_(node.get_l_child(), end);
            if (order == below)
                return *node;
            if (order < below) {
                node = node.get_l_child();
            } else {
                order -= below + 1;
                node = node.get_r_child();
            }
        }
        return none;
    }

public:
    typedef std::size_t size_type;
    typedef std::size_t metadata_type;

    // The element before which there are `order` others, or the end.
    iterator_ find_by_order(size_type order) {
        return by_order_<iterator_>(node_begin(), node_end(), order, end());
    }
    const_iterator_ find_by_order(size_type order) const {
        return const_cast<tree_order_statistics_node_update *>(this)->find_by_order(order);
    }

    // How many elements come before the key. The comparisons are GNU's: programs that make a
    // multiset by `less_equal` depend on them.
    size_type order_of_key(const key_ &key) const {
        Cmp &less = const_cast<tree_order_statistics_node_update *>(this)->get_cmp_fn();
        size_type order = 0;
        CNode node = node_begin(), none = node_end();
        while (node != none) {
            if (less(key, node.key_())) {
                node = node.get_l_child();
            } else if (less(node.key_(), key)) {
                order += 1 + size_(node.get_l_child(), none);
                node = node.get_r_child();
            } else {
                return order + size_(node.get_l_child(), none);
            }
        }
        return order;
    }

    void operator()(Node node, CNode end) const {
        const_cast<size_type &>(node.get_metadata()) =
            1 + size_<CNode>(node.get_l_child(), end) + size_<CNode>(node.get_r_child(), end);
    }

protected:
    virtual ~tree_order_statistics_node_update() {}
};

} // namespace __gnu_pbds

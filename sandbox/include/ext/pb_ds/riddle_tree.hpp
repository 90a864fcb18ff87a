// GNU's `tree`: a treap whose priorities are drawn from a fixed sequence, so that every run has the
// same shape. All operations take O(log n) expected, `split` further the size of what it gives away.
#pragma once

#include <cstddef>
#include <ext/pb_ds/tag_and_trait.hpp>
#include <ext/pb_ds/tree_policy.hpp>
#include <functional>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

namespace __gnu_pbds {
namespace riddle {

// What a node holds for a key, with or without a mapped value.
template <class Key, class Mapped>
struct entry {
    typedef std::pair<const Key, Mapped> value_type;
    typedef value_type exposed;
    typedef Mapped mapped_type;
    static const Key &key(const value_type &value) { return value.first; }
    static value_type fresh(const Key &key) { return value_type(key, Mapped()); }
    static Mapped &mapped(value_type &value) { return value.second; }
};
template <class Key>
struct entry<Key, null_type> {
    typedef Key value_type;
    typedef const Key exposed;
    typedef null_type mapped_type;
    static const Key &key(const value_type &value) { return value; }
    static value_type fresh(const Key &key) { return key; }
    static null_type &mapped(value_type &) {
        static null_type none;
        return none;
    }
};

// The header of a tree is one of these: the root is its left child, it is what `end` points to.
struct links {
    links *parent = nullptr, *left = nullptr, *right = nullptr;

    links *next() {
        links *node = this;
        if (node->right) {
            for (node = node->right; node->left;)
                node = node->left;
            return node;
        }
        while (node->parent && node == node->parent->right)
            node = node->parent;
        return node->parent;
    }
    links *previous() {
        links *node = this;
        if (node->left) {
            for (node = node->left; node->right;)
                node = node->right;
            return node;
        }
        while (node->parent && node == node->parent->left)
            node = node->parent;
        return node->parent;
    }
};

template <class Entry, class Meta>
struct node : links {
    typename Entry::value_type value;
    unsigned priority;
    Meta meta{};

    template <class... Args>
    node(unsigned priority, Args &&...args) : value(std::forward<Args>(args)...), priority(priority) {}
};

template <class Node, class Value>
struct iterator {
    typedef std::bidirectional_iterator_tag iterator_category;
    typedef typename std::remove_const<Value>::type value_type;
    typedef std::ptrdiff_t difference_type;
    typedef Value *pointer;
    typedef Value &reference;
    typedef const value_type &const_reference;

    links *at = nullptr;

    iterator() = default;
    explicit iterator(links *at) : at(at) {}
    // From an iterator that may change what it points to.
    template <class Other>
    iterator(const iterator<Node, Other> &other) : at(other.at) {}

    Value &operator*() const { return static_cast<Node *>(at)->value; }
    Value *operator->() const { return &**this; }
    iterator &operator++() { return at = at->next(), *this; }
    iterator &operator--() { return at = at->previous(), *this; }
    iterator operator++(int) { iterator old = *this; ++*this; return old; }
    iterator operator--(int) { iterator old = *this; --*this; return old; }
    template <class Other>
    bool operator==(const iterator<Node, Other> &other) const { return at == other.at; }
    template <class Other>
    bool operator!=(const iterator<Node, Other> &other) const { return at != other.at; }
};

// A position in the tree's shape, as node policies see it.
template <class Node, class Entry, class Key, class Iterator, class Meta>
struct node_iterator {
    typedef Iterator value_type;
    typedef Iterator reference;
    typedef Iterator const_reference;
    typedef Iterator iterator;
    typedef Key key_type;
    typedef Meta metadata_type;
    typedef const Meta &metadata_const_reference;
    typedef std::ptrdiff_t difference_type;
    typedef std::forward_iterator_tag iterator_category;

    links *at = nullptr;

    node_iterator() = default;
    explicit node_iterator(links *at) : at(at) {}
    template <class Other>
    node_iterator(const node_iterator<Node, Entry, Key, Other, Meta> &other) : at(other.at) {}

    Iterator operator*() const { return Iterator(at); }
    const Key &key_() const { return Entry::key(static_cast<Node *>(at)->value); }
    const Meta &get_metadata() const { return static_cast<Node *>(at)->meta; }
    node_iterator get_l_child() const { return node_iterator(at->left); }
    node_iterator get_r_child() const { return node_iterator(at->right); }
    template <class Other>
    bool operator==(const node_iterator<Node, Entry, Key, Other, Meta> &other) const { return at == other.at; }
    template <class Other>
    bool operator!=(const node_iterator<Node, Entry, Key, Other, Meta> &other) const { return at != other.at; }
};

// The kind of a policy's metadata does not depend on what the policy is given.
template <template <class, class, class, class> class Update, class Entry, class Key, class Cmp, class Alloc>
struct tree_types {
    // Stands for the node iterators while the metadata's type is asked for.
    struct probe {
        typedef Key key_type;
        typedef riddle::iterator<node<Entry, null_type>, typename Entry::exposed> iterator, value_type,
            reference, const_reference;
        typedef null_type metadata_type;
    };
    template <template <class, class, class, class> class U>
    struct meta_of {
        typedef typename U<probe, probe, Cmp, Alloc>::metadata_type type;
    };
    typedef typename meta_of<Update>::type meta;
    typedef riddle::node<Entry, meta> node;
    typedef riddle::iterator<node, typename Entry::exposed> iterator;
    typedef riddle::iterator<node, const typename Entry::value_type> const_iterator;
    typedef riddle::node_iterator<node, Entry, Key, iterator, meta> node_iterator;
    typedef riddle::node_iterator<node, Entry, Key, const_iterator, meta> const_node_iterator;
    typedef Update<const_node_iterator, node_iterator, Cmp, Alloc> update;
};

} // namespace riddle

template <class Key, class Mapped, class Cmp = std::less<Key>, class Tag = rb_tree_tag,
          template <class, class, class, class> class Node_Update = null_node_update,
          class Alloc = std::allocator<char>>
class tree : public riddle::tree_types<Node_Update, riddle::entry<Key, Mapped>, Key, Cmp, Alloc>::update {
    typedef riddle::entry<Key, Mapped> entry;
    typedef riddle::tree_types<Node_Update, entry, Key, Cmp, Alloc> types;
    typedef typename types::node node;
    typedef riddle::links links;
    static constexpr bool has_meta = !std::is_same<typename types::meta, null_type>::value;

public:
    typedef Key key_type;
    typedef const Key &key_const_reference;
    typedef const Key &const_key_reference;
    typedef Mapped mapped_type;
    typedef Mapped &mapped_reference;
    typedef const Mapped &mapped_const_reference;
    typedef typename entry::value_type value_type;
    typedef typename entry::exposed &reference;
    typedef const value_type &const_reference;
    typedef std::size_t size_type;
    typedef std::ptrdiff_t difference_type;
    typedef Cmp cmp_fn;
    typedef Tag container_category;
    typedef Alloc allocator_type;
    typedef typename types::iterator iterator;
    typedef typename types::const_iterator const_iterator;
    typedef iterator point_iterator;
    typedef const_iterator const_point_iterator;
    typedef std::reverse_iterator<iterator> reverse_iterator;
    typedef std::reverse_iterator<const_iterator> const_reverse_iterator;
    typedef typename types::node_iterator node_iterator;
    typedef typename types::const_node_iterator node_const_iterator, const_node_iterator;
    typedef typename types::update node_update;

    tree() = default;
    explicit tree(const Cmp &cmp) : cmp(cmp) {}
    template <class It>
    tree(It first, It last, const Cmp &cmp = Cmp()) : cmp(cmp) { copy_from_range(first, last); }
    tree(const tree &other) : node_update(other), cmp(other.cmp), count(other.count), state(other.state) {
        attach_left(&header, clone(other.header.left));
    }
    tree(tree &&other) : cmp(other.cmp) { swap(other); }
    tree &operator=(tree other) { return swap(other), *this; }
    virtual ~tree() { destroy(header.left); }

    void swap(tree &other) {
        std::swap(cmp, other.cmp);
        std::swap(count, other.count);
        std::swap(state, other.state);
        links *mine = header.left;
        attach_left(&header, other.header.left);
        attach_left(&other.header, mine);
    }
    template <class It>
    void copy_from_range(It first, It last) {
        for (; first != last; ++first)
            insert(*first);
    }

    bool empty() const { return count == 0; }
    size_type size() const { return count; }
    size_type max_size() const { return size_type(-1) / sizeof(node); }
    void clear() {
        destroy(header.left);
        header.left = nullptr;
        count = 0;
    }

    iterator begin() { return iterator(first()); }
    iterator end() { return iterator(&header); }
    const_iterator begin() const { return const_iterator(first()); }
    const_iterator end() const { return const_iterator(&header); }
    reverse_iterator rbegin() { return reverse_iterator(end()); }
    reverse_iterator rend() { return reverse_iterator(begin()); }
    const_reverse_iterator rbegin() const { return const_reverse_iterator(end()); }
    const_reverse_iterator rend() const { return const_reverse_iterator(begin()); }
    node_iterator node_begin() { return node_iterator(header.left); }
    node_const_iterator node_begin() const { return node_const_iterator(header.left); }
    node_iterator node_end() { return node_iterator(nullptr); }
    node_const_iterator node_end() const { return node_const_iterator(nullptr); }
    Cmp &get_cmp_fn() { return cmp; }
    const Cmp &get_cmp_fn() const { return cmp; }

    std::pair<iterator, bool> insert(const_reference value) {
        links *parent, *found = place(entry::key(value), parent);
        if (found)
            return {iterator(found), false};
        return {iterator(grow(parent, new node(draw(), value), entry::key(value))), true};
    }
    // For a set, inserts the key.
    mapped_type &operator[](key_const_reference key) {
        links *parent, *found = place(key, parent);
        if (!found)
            found = grow(parent, new node(draw(), entry::fresh(key)), key);
        return entry::mapped(static_cast<node *>(found)->value);
    }
    mapped_type operator[](key_const_reference key) const {
        return entry::mapped(const_cast<value_type &>(*find(key)));
    }

    iterator find(key_const_reference key) { return iterator(exact(key)); }
    const_iterator find(key_const_reference key) const { return const_iterator(exact(key)); }
    iterator lower_bound(key_const_reference key) { return iterator(lower(key)); }
    const_iterator lower_bound(key_const_reference key) const { return const_iterator(lower(key)); }
    iterator upper_bound(key_const_reference key) { return iterator(upper(key)); }
    const_iterator upper_bound(key_const_reference key) const { return const_iterator(upper(key)); }

    bool erase(key_const_reference key) {
        iterator found = find(key);
        return found != end() && (erase(found), true);
    }
    iterator erase(iterator place) {
        links *gone = place.at, *parent = gone->parent;
        ++place;
        links *rest = merge(gone->left, gone->right);
        if (parent->left == gone)
            attach_left(parent, rest);
        else
            attach_right(parent, rest);
        refresh_up(parent);
        delete static_cast<node *>(gone);
        --count;
        return place;
    }
    reverse_iterator erase(reverse_iterator place) {
        return reverse_iterator(erase(std::prev(place.base())));
    }
    template <class Pred>
    size_type erase_if(Pred pred) {
        size_type before = count;
        for (iterator it = begin(); it != end();)
            it = pred(*it) ? erase(it) : std::next(it);
        return before - count;
    }

    // Takes the elements of a tree that lies wholly on one side of this one.
    void join(tree &other) {
        if (other.empty())
            return;
        links *mine = header.left, *theirs = other.header.left;
        bool is_after = !mine || cmp(last_key(), other.first_key());
        if (!is_after && !cmp(other.last_key(), first_key()))
            throw join_error();
        attach_left(&header, is_after ? merge(mine, theirs) : merge(theirs, mine));
        count += other.count;
        other.header.left = nullptr;
        other.count = 0;
    }
    // Gives the elements that are greater than the key to another tree, which loses its own.
    void split(key_const_reference key, tree &other) {
        other.clear();
        links *low, *high;
        cut(header.left, key, low, high);
        attach_left(&header, low);
        attach_left(&other.header, high);
        size_type moved = 0;
        for (iterator it = other.begin(); it != other.end(); ++it)
            ++moved;
        other.count = moved;
        count -= moved;
    }

private:
    mutable links header;
    Cmp cmp{};
    size_type count = 0;
    unsigned state = 2463534242u;

    unsigned draw() {
        state ^= state << 13;
        state ^= state >> 17;
        return state ^= state << 5;
    }
    static const Key &key_of(links *at) { return entry::key(static_cast<node *>(at)->value); }
    static unsigned priority(links *at) { return static_cast<node *>(at)->priority; }
    static void attach_left(links *parent, links *child) {
        if ((parent->left = child))
            child->parent = parent;
    }
    static void attach_right(links *parent, links *child) {
        if ((parent->right = child))
            child->parent = parent;
    }
    bool less(const Key &a, const Key &b) const { return const_cast<Cmp &>(cmp)(a, b); }

    links *first() const {
        links *at = &header;
        while (at->left)
            at = at->left;
        return at;
    }
    const Key &first_key() const { return key_of(first()); }
    const Key &last_key() const { return key_of(header.previous()); }

    // The comparisons of these three are GNU's, for orders such as `less_equal` that are not strict.
    links *lower(const Key &key) const {
        links *found = &header;
        for (links *at = header.left; at;) {
            if (less(key_of(at), key))
                at = at->right;
            else
                found = at, at = at->left;
        }
        return found;
    }
    links *upper(const Key &key) const {
        links *found = &header;
        for (links *at = header.left; at;) {
            if (less(key, key_of(at)))
                found = at, at = at->left;
            else
                at = at->right;
        }
        return found;
    }
    links *exact(const Key &key) const {
        links *found = lower(key);
        return found != &header && less(key, key_of(found)) ? &header : found;
    }

    // Returns the node of the key, or null and the node below which it belongs.
    links *place(const Key &key, links *&parent) const {
        links *found = &header;
        parent = &header;
        for (links *at = header.left; at;) {
            parent = at;
            if (less(key_of(at), key))
                at = at->right;
            else
                found = at, at = at->left;
        }
        return found != &header && !less(key, key_of(found)) ? found : nullptr;
    }
    // Puts a node below a parent that has room for it there, and moves it up to where its priority
    // belongs.
    links *grow(links *parent, links *fresh, const Key &key) {
        ++count;
        if (parent == &header || !less(key_of(parent), key))
            attach_left(parent, fresh);
        else
            attach_right(parent, fresh);
        refresh(fresh);
        while ((parent = fresh->parent) != &header && priority(parent) < priority(fresh)) {
            links *above = parent->parent;
            bool is_left = above->left == parent;
            if (parent->left == fresh) {
                attach_left(parent, fresh->right);
                attach_right(fresh, parent);
            } else {
                attach_right(parent, fresh->left);
                attach_left(fresh, parent);
            }
            if (is_left)
                attach_left(above, fresh);
            else
                attach_right(above, fresh);
            refresh(parent);
        }
        refresh_up(fresh);
        return fresh;
    }

    void refresh(links *at) {
        if constexpr (has_meta)
            node_update::operator()(node_iterator(at), node_const_iterator(nullptr));
    }
    void refresh_up(links *at) {
        if constexpr (has_meta)
            for (; at != &header; at = at->parent)
                refresh(at);
    }
    links *merge(links *low, links *high) {
        if (!low || !high)
            return low ? low : high;
        links *root = priority(low) < priority(high) ? high : low;
        if (root == low)
            attach_right(low, merge(low->right, high));
        else
            attach_left(high, merge(low, high->left));
        refresh(root);
        return root;
    }
    void cut(links *root, const Key &key, links *&low, links *&high) {
        low = high = nullptr;
        if (!root)
            return;
        links *part;
        if (less(key, key_of(root))) {
            cut(root->left, key, low, part);
            attach_left(high = root, part);
        } else {
            cut(root->right, key, part, high);
            attach_right(low = root, part);
        }
        refresh(root);
    }
    static links *clone(links *from) {
        if (!from)
            return nullptr;
        node *old = static_cast<node *>(from);
        node *copy = new node(old->priority, old->value);
        copy->meta = old->meta;
        attach_left(copy, clone(old->left));
        attach_right(copy, clone(old->right));
        return copy;
    }
    static void destroy(links *at) {
        if (!at)
            return;
        destroy(at->left);
        destroy(at->right);
        delete static_cast<node *>(at);
    }
};

} // namespace __gnu_pbds

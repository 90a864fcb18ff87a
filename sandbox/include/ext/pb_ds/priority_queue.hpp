// GNU's priority queue with handles: a pairing heap, whatever tag it is given.
#pragma once

#include <cstddef>
#include <ext/pb_ds/tag_and_trait.hpp>
#include <functional>
#include <iterator>
#include <memory>
#include <utility>

namespace __gnu_pbds {
namespace riddle {

template <class T>
struct heap_node {
    T value;
    // The nearest sibling before, or for the first child the parent.
    heap_node *before = nullptr;
    heap_node *next = nullptr;
    heap_node *child = nullptr;

    explicit heap_node(const T &value) : value(value) {}

    // The next node in the heap's own order: parents before children.
    heap_node *follower() {
        if (child)
            return child;
        heap_node *at = this;
        while (at && !at->next) {
            while (at->before && at->before->child != at)
                at = at->before;
            at = at->before;
        }
        return at ? at->next : nullptr;
    }
};

template <class T>
struct heap_iterator {
    typedef std::forward_iterator_tag iterator_category;
    typedef T value_type;
    typedef std::ptrdiff_t difference_type;
    typedef const T *pointer;
    typedef const T &reference;

    heap_node<T> *at = nullptr;

    heap_iterator(heap_node<T> *at = nullptr) : at(at) {}
    const T &operator*() const { return at->value; }
    const T *operator->() const { return &at->value; }
    heap_iterator &operator++() { return at = at->follower(), *this; }
    heap_iterator operator++(int) { heap_iterator old = *this; ++*this; return old; }
    bool operator==(const heap_iterator &other) const { return at == other.at; }
    bool operator!=(const heap_iterator &other) const { return at != other.at; }
};

} // namespace riddle

template <class T, class Cmp = std::less<T>, class Tag = pairing_heap_tag, class Alloc = std::allocator<char>>
class priority_queue {
    typedef riddle::heap_node<T> node;

public:
    typedef T value_type;
    typedef Cmp cmp_fn;
    typedef Tag container_category;
    typedef std::size_t size_type;
    typedef std::ptrdiff_t difference_type;
    typedef const T &const_reference;
    typedef const T &reference;
    typedef riddle::heap_iterator<T> iterator, const_iterator, point_iterator, const_point_iterator,
        point_const_iterator;

    priority_queue() = default;
    explicit priority_queue(const Cmp &cmp) : cmp(cmp) {}
    template <class It>
    priority_queue(It first, It last, const Cmp &cmp = Cmp()) : cmp(cmp) {
        for (; first != last; ++first)
            push(*first);
    }
    priority_queue(const priority_queue &other) : cmp(other.cmp) {
        for (const T &value : other)
            push(value);
    }
    priority_queue(priority_queue &&other) : cmp(other.cmp) { swap(other); }
    priority_queue &operator=(priority_queue other) { return swap(other), *this; }
    ~priority_queue() { clear(); }

    void swap(priority_queue &other) {
        std::swap(cmp, other.cmp);
        std::swap(root, other.root);
        std::swap(count, other.count);
    }

    bool empty() const { return count == 0; }
    size_type size() const { return count; }
    size_type max_size() const { return size_type(-1) / sizeof(node); }
    const T &top() const { return root->value; }
    Cmp &get_cmp_fn() { return cmp; }
    iterator begin() const { return iterator(root); }
    iterator end() const { return iterator(); }

    point_iterator push(const T &value) {
        node *fresh = new node(value);
        root = meld(root, fresh);
        ++count;
        return fresh;
    }
    void pop() {
        node *gone = root;
        root = gather(gone->child);
        drop(gone);
    }
    void erase(point_iterator place) {
        node *gone = place.at;
        if (gone == root)
            return pop();
        cut(gone);
        root = meld(root, gather(gone->child));
        drop(gone);
    }
    void modify(point_iterator place, const T &value) {
        node *at = place.at;
        // It may have become greater than its parent, or less than its children.
        if (at == root) {
            root = gather(at->child);
        } else {
            cut(at);
            root = meld(root, gather(at->child));
        }
        at->child = nullptr;
        at->value = value;
        root = meld(root, at);
    }
    // Takes all elements of the other; what pointed to them still does.
    void join(priority_queue &other) {
        root = meld(root, other.root);
        count += other.count;
        other.root = nullptr;
        other.count = 0;
    }
    // Gives the elements that a predicate holds for to another queue.
    template <class Pred>
    void split(Pred pred, priority_queue &other) {
        other.clear();
        node *at = unlink_all();
        while (at) {
            node *next = at->next;
            at->next = nullptr;
            priority_queue &home = pred(at->value) ? other : *this;
            home.root = home.meld(home.root, at);
            ++home.count;
            at = next;
        }
    }
    template <class Pred>
    size_type erase_if(Pred pred) {
        priority_queue gone(cmp);
        split(pred, gone);
        return gone.size();
    }
    void clear() {
        for (node *at = unlink_all(); at;) {
            node *next = at->next;
            delete at;
            at = next;
        }
    }

private:
    node *root = nullptr;
    size_type count = 0;
    Cmp cmp{};

    void drop(node *gone) {
        delete gone;
        --count;
    }
    node *meld(node *a, node *b) {
        if (!a || !b)
            return a ? a : b;
        if (cmp(a->value, b->value))
            std::swap(a, b);
        b->next = a->child;
        if (b->next)
            b->next->before = b;
        b->before = a;
        a->child = b;
        a->next = a->before = nullptr;
        return a;
    }
    // Takes a node that is not the root out of its siblings, with what is below it.
    static void cut(node *at) {
        if (at->before->child == at)
            at->before->child = at->next;
        else
            at->before->next = at->next;
        if (at->next)
            at->next->before = at->before;
        at->before = at->next = nullptr;
    }
    // Makes one heap of siblings: in pairs from the left, then all from the right.
    node *gather(node *first) {
        node *pairs = nullptr;
        while (first) {
            node *a = first, *b = a->next;
            first = b ? b->next : nullptr;
            a->before = a->next = nullptr;
            if (b)
                b->before = b->next = nullptr;
            node *pair = meld(a, b);
            pair->next = pairs;
            pairs = pair;
        }
        node *heap = nullptr;
        while (pairs) {
            node *next = pairs->next;
            pairs->next = nullptr;
            heap = meld(heap, pairs);
            pairs = next;
        }
        return heap;
    }
    // Leaves the queue empty and returns its nodes as one list.
    node *unlink_all() {
        for (node *at = root; at; at = at->next) {
            if (!at->child)
                continue;
            node *last = at->child;
            while (last->next)
                last = last->next;
            last->next = at->next;
            at->next = at->child;
            at->child = nullptr;
        }
        node *all = root;
        for (node *at = all; at; at = at->next)
            at->before = nullptr;
        root = nullptr;
        count = 0;
        return all;
    }
};

} // namespace __gnu_pbds

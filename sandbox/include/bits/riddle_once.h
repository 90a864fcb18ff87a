// Functions of the library that most programs use and that are long enough not to be worth inlining: the
// library holds each once (support/instances.cpp), and programs neither compile nor carry them.
#pragma once

#ifndef RIDDLE_ONCE
#define RIDDLE_ONCE extern
#endif

_LIBCPP_BEGIN_NAMESPACE_STD

RIDDLE_ONCE template ostream& __put_character_sequence<char, char_traits<char>>(ostream&, const char*, size_t);
RIDDLE_ONCE template ostream& operator<< <char_traits<char>>(ostream&, const char*);
RIDDLE_ONCE template ostream& operator<< <char_traits<char>>(ostream&, char);
RIDDLE_ONCE template ostream& operator<< <char, char_traits<char>, allocator<char>>(ostream&, const string&);
RIDDLE_ONCE template ostream& endl<char, char_traits<char>>(ostream&);
RIDDLE_ONCE template istream& operator>> <char, char_traits<char>, allocator<char>>(istream&, string&);
RIDDLE_ONCE template istream& operator>> <char, char_traits<char>>(istream&, char&);
RIDDLE_ONCE template istream& getline<char, char_traits<char>, allocator<char>>(istream&, string&);
RIDDLE_ONCE template istream& getline<char, char_traits<char>, allocator<char>>(istream&, string&, char);

using __riddle_tree_node = __tree_node_base<void*>*;
RIDDLE_ONCE template void __tree_balance_after_insert<__riddle_tree_node>(__riddle_tree_node, __riddle_tree_node);
RIDDLE_ONCE template void __tree_remove<__riddle_tree_node>(__riddle_tree_node, __riddle_tree_node);

// The library has those of numbers already.
#define RIDDLE_SORT(...)                                                                                  \
  RIDDLE_ONCE template void __introsort<_ClassicAlgPolicy, __less<>&, __VA_ARGS__*, false>(               \
      __VA_ARGS__*, __VA_ARGS__*, __less<>&, iterator_traits<__VA_ARGS__*>::difference_type, bool);
RIDDLE_SORT(string)
RIDDLE_SORT(pair<int, int>)
RIDDLE_SORT(pair<int, long long>)
RIDDLE_SORT(pair<long long, int>)
RIDDLE_SORT(pair<long long, long long>)
RIDDLE_SORT(pair<int, string>)
RIDDLE_SORT(pair<string, int>)
#undef RIDDLE_SORT

_LIBCPP_END_NAMESPACE_STD

// Instances of the library's templates that most programs use: precompiled, they need not be made anew for
// each. Those of fewer programs cost all the others more than they save (docs/compile-path.md).
#pragma once

namespace riddle_instances {

// Never called, so no code comes of it; what it uses is instantiated where this header is precompiled.
inline void all(int i, long long l, double d, char c, std::string s, unsigned long z, const char* text) {
  std::cout << i << l << d << c << s << z << text << "x" << std::endl;
  std::cout << std::setprecision(10) << std::fixed;
  std::cin >> i >> l >> d >> c >> s;
  while (std::cin >> s) {}
  if (!(std::cin >> i)) {}
  std::getline(std::cin, s);
  std::cin.tie(nullptr);
  std::ios::sync_with_stdio(false);

  s += c;
  s = s + s;
  s = s + "x";
  s = s + c;
  s.push_back(c);
  s = s.substr(1, 2);
  s = std::string(5, c);
  s = "x";
  std::reverse(s.begin(), s.end());

  std::vector<int> ints(i), more_ints(i, i), no_ints, same_ints(ints);
  ints.push_back(i);
  ints.resize(5);
  ints = more_ints;
  ints = std::move(more_ints);
  no_ints.pop_back();
  no_ints.emplace_back(i);
  for (int& it : ints) it = i;
  std::sort(ints.begin(), ints.end());
  std::reverse(ints.begin(), ints.end());

  std::vector<long long> longs(i), more_longs(i, l), no_longs;
  longs.push_back(l);
  no_longs.emplace_back(l);
  std::sort(longs.begin(), longs.end());

  std::vector<std::vector<int>> rows(i), more_rows(i, ints), no_rows;
  rows.push_back(ints);
  rows.resize(5);

  std::vector<std::pair<int, int>> pairs, more_pairs(i);
  pairs.push_back({i, i});
  pairs.emplace_back(i, i);
  std::sort(pairs.begin(), pairs.end());

  std::vector<std::string> words, more_words(i);
  words.push_back(s);
  std::sort(words.begin(), words.end());

  std::map<int, int> by_int;
  by_int[i] = i;
  by_int.find(i);
  by_int.count(i);
  for (auto& it : by_int) it.second = i;
  std::map<long long, long long> by_long;
  by_long[l] = l;
  by_long.find(l);
  by_long.count(l);
  for (auto& it : by_long) it.second = l;
  std::map<std::string, int> by_word;
  by_word[s] = i;
  by_word.find(s);
  by_word.count(s);
  for (auto& it : by_word) it.second = i;
  std::set<int> set;
  set.insert(i);
  set.count(i);
  set.find(i);
  set.erase(i);

  std::queue<int> queue;
  queue.push(i);
  queue.front();
  queue.pop();
  std::priority_queue<std::pair<int, int>, std::vector<std::pair<int, int>>, std::greater<std::pair<int, int>>> heap;
  heap.push({i, i});
  heap.top();
  heap.pop();

  int array[5];
  std::sort(array, array + 5);
  std::min(i, i);
  std::max(i, i);
  std::min(l, l);
  std::max(l, l);
  std::swap(i, i);
}

}  // namespace riddle_instances

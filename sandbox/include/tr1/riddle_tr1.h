// The library's first extension, whose names the standard library has by now.
#pragma once

#include <array>
#include <cmath>
#include <functional>
#include <memory>
#include <random>
#include <regex>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace std {
namespace tr1 {
using namespace std;
}
} // namespace std

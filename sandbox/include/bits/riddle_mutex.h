// Mutexes and what locks them, where there is one thread: what is locked by another is locked for ever.
#pragma once

// The library's own headers include this one before all of them are there: nothing large comes here.
#ifndef _LIBCPP_BUILDING_LIBRARY

#include <cstdio>
#include <cstdlib>
#include <tuple>
#include <utility>

#include_next <mutex>

namespace __riddle {

[[noreturn]] inline void __no_other_thread(const char *what) {
    std::fprintf(stderr, "%s: waits for another thread, and there is only one\n", what);
    std::abort();
}

// Every kind of mutex: alone, one can only lock what one holds.
class __mutex {
    int held = 0;
    int shared = 0;

public:
    __mutex() = default;
    __mutex(const __mutex &) = delete;
    __mutex &operator=(const __mutex &) = delete;

    bool try_lock() { return !held && !shared && (held = 1); }
    void lock() {
        if (!try_lock())
            __no_other_thread("lock");
    }
    void unlock() { held = 0; }
    bool try_lock_shared() { return !held && ++shared; }
    void lock_shared() {
        if (!try_lock_shared())
            __no_other_thread("lock_shared");
    }
    void unlock_shared() { --shared; }
    template <class Time> bool try_lock_for(const Time &) { return try_lock(); }
    template <class Time> bool try_lock_until(const Time &) { return try_lock(); }
    template <class Time> bool try_lock_shared_for(const Time &) { return try_lock_shared(); }
    template <class Time> bool try_lock_shared_until(const Time &) { return try_lock_shared(); }
};

class __recursive_mutex {
public:
    __recursive_mutex() = default;
    __recursive_mutex(const __recursive_mutex &) = delete;
    __recursive_mutex &operator=(const __recursive_mutex &) = delete;

    bool try_lock() { return true; }
    void lock() {}
    void unlock() {}
    template <class Time> bool try_lock_for(const Time &) { return true; }
    template <class Time> bool try_lock_until(const Time &) { return true; }
};

} // namespace __riddle

namespace std {

class mutex : public __riddle::__mutex {};
class timed_mutex : public __riddle::__mutex {};
class shared_mutex : public __riddle::__mutex {};
class shared_timed_mutex : public __riddle::__mutex {};
class recursive_mutex : public __riddle::__recursive_mutex {};
class recursive_timed_mutex : public __riddle::__recursive_mutex {};

template <class... Mutexes>
void lock(Mutexes &...mutexes) { (mutexes.lock(), ...); }
template <class... Mutexes>
int try_lock(Mutexes &...mutexes) {
    int index = 0;
    bool all = ((mutexes.try_lock() && ++index) && ...);
    if (all)
        return -1;
    int failed = index;
    ((index > 0 ? (--index, mutexes.unlock()) : void()), ...);
    return failed;
}

template <class... Mutexes>
class scoped_lock {
    tuple<Mutexes &...> mutexes;

public:
    explicit scoped_lock(Mutexes &...mutexes) : mutexes(mutexes...) { std::lock(mutexes...); }
    explicit scoped_lock(adopt_lock_t, Mutexes &...mutexes) : mutexes(mutexes...) {}
    ~scoped_lock() { std::apply([](auto &...it) { (it.unlock(), ...); }, mutexes); }
    scoped_lock(const scoped_lock &) = delete;
    scoped_lock &operator=(const scoped_lock &) = delete;
};

template <class Mutex>
class shared_lock {
    Mutex *held = nullptr;
    bool owns = false;

public:
    shared_lock() = default;
    explicit shared_lock(Mutex &mutex) : held(&mutex) { lock(); }
    shared_lock(Mutex &mutex, defer_lock_t) : held(&mutex) {}
    shared_lock(shared_lock &&other) : held(other.held), owns(other.owns) { other.owns = false; }
    shared_lock &operator=(shared_lock &&other) { return swap(held, other.held), swap(owns, other.owns), *this; }
    ~shared_lock() {
        if (owns)
            unlock();
    }
    void lock() { held->lock_shared(), owns = true; }
    bool try_lock() { return owns = held->try_lock_shared(); }
    void unlock() { held->unlock_shared(), owns = false; }
    bool owns_lock() const { return owns; }
    explicit operator bool() const { return owns; }
};

} // namespace std

#endif

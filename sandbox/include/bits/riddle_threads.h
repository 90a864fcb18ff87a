// `std::thread` and what belongs to it, where there is one thread: a thread's function runs to its end
// when the thread is made. A program that waits for what another thread has yet to do ends there.
#pragma once

#ifndef _LIBCPP_BUILDING_LIBRARY

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>
#include <time.h>

#include <bits/riddle_mutex.h>

namespace std {

enum class cv_status { no_timeout, timeout };

class condition_variable_any {
public:
    void notify_one() {}
    void notify_all() {}
    template <class Lock>
    void wait(Lock &) { __riddle::__no_other_thread("condition_variable"); }
    template <class Lock, class Pred>
    void wait(Lock &, Pred pred) {
        if (!pred())
            __riddle::__no_other_thread("condition_variable");
    }
    template <class Lock, class Time>
    cv_status wait_for(Lock &, const Time &) { return cv_status::timeout; }
    template <class Lock, class Time, class Pred>
    bool wait_for(Lock &, const Time &, Pred pred) { return pred(); }
    template <class Lock, class Time>
    cv_status wait_until(Lock &, const Time &) { return cv_status::timeout; }
    template <class Lock, class Time, class Pred>
    bool wait_until(Lock &, const Time &, Pred pred) { return pred(); }
};
class condition_variable : public condition_variable_any {};

class thread {
public:
    class id {
        friend class thread;
        unsigned number = 0;

    public:
        id() = default;
        explicit id(unsigned number) : number(number) {}
        friend bool operator==(id a, id b) { return a.number == b.number; }
        friend bool operator!=(id a, id b) { return a.number != b.number; }
        friend bool operator<(id a, id b) { return a.number < b.number; }
        friend ostream &operator<<(ostream &out, id it) { return out << it.number; }
        friend struct hash<id>;
    };
    typedef void *native_handle_type;

    thread() = default;
    template <class Fn, class... Args, class = enable_if_t<!is_same<decay_t<Fn>, thread>::value>>
    explicit thread(Fn &&fn, Args &&...args) : self(next()) {
        id outer = current();
        current() = self;
        run(decay_t<Fn>(std::forward<Fn>(fn)), decay_t<Args>(std::forward<Args>(args))...);
        current() = outer;
    }
    thread(thread &&other) : self(other.self) { other.self = id(); }
    thread &operator=(thread &&other) {
        if (joinable())
            terminate();
        self = other.self;
        other.self = id();
        return *this;
    }
    ~thread() {
        if (joinable())
            terminate();
    }

    bool joinable() const { return self != id(); }
    void join() { self = id(); }
    void detach() { self = id(); }
    void swap(thread &other) { std::swap(self, other.self); }
    id get_id() const { return self; }
    native_handle_type native_handle() { return nullptr; }
    static unsigned hardware_concurrency() { return 1; }

    static id &current() {
        static id running(1);
        return running;
    }

private:
    id self;

    // What a thread's function throws ends the program.
    template <class Fn, class... Args>
    static void run(Fn fn, Args... args) noexcept {
        std::invoke(std::move(fn), std::move(args)...);
    }
    static id next() {
        static unsigned last = 1;
        return id(++last);
    }
};
inline void swap(thread &a, thread &b) { a.swap(b); }
template <>
struct hash<thread::id> {
    size_t operator()(thread::id it) const { return it.number; }
};

#if __cplusplus >= 202002L
class jthread : public thread {
public:
    using thread::thread;
    jthread() = default;
    jthread(jthread &&) = default;
    jthread &operator=(jthread &&other) {
        join();
        thread::operator=(std::move(other));
        return *this;
    }
    ~jthread() { join(); }
};
#endif

namespace this_thread {
inline thread::id get_id() { return thread::current(); }
inline void yield() {}
template <class Rep, class Period>
void sleep_for(const chrono::duration<Rep, Period> &time) {
    long long ns = chrono::duration_cast<chrono::nanoseconds>(time).count();
    timespec wait{time_t(ns / 1000000000), int(ns % 1000000000)};
    if (ns > 0)
        nanosleep(&wait, nullptr);
}
template <class Clock, class Duration>
void sleep_until(const chrono::time_point<Clock, Duration> &time) { sleep_for(time - Clock::now()); }
} // namespace this_thread

enum class launch { async = 1, deferred = 2 };
inline launch operator|(launch a, launch b) { return launch(int(a) | int(b)); }
inline launch operator&(launch a, launch b) { return launch(int(a) & int(b)); }
enum class future_status { ready, timeout, deferred };
enum class future_errc { broken_promise = 1, future_already_retrieved, promise_already_satisfied, no_state };
class future_error : public logic_error {
public:
    explicit future_error(future_errc) : logic_error("future") {}
};

} // namespace std

namespace __riddle {

// What a promise and its future share.
template <class T>
struct __state {
    typedef std::conditional_t<std::is_void<T>::value, char,
            std::conditional_t<std::is_reference<T>::value, std::remove_reference_t<T> *, T>> stored;
    std::optional<stored> value;
    std::exception_ptr error;
    std::function<void()> deferred;

    bool ready() const { return value || error; }
    template <class Fn>
    void fill(Fn &&fn) {
        try {
            if constexpr (std::is_void<T>::value)
                fn(), value.emplace();
            else if constexpr (std::is_reference<T>::value)
                value.emplace(&fn());
            else
                value.emplace(fn());
        } catch (...) {
            error = std::current_exception();
        }
    }
    void wait() {
        if (!ready() && deferred)
            std::exchange(deferred, nullptr)();
        if (!ready())
            __no_other_thread("future");
        if (error)
            std::rethrow_exception(error);
    }
};

} // namespace __riddle

namespace std {

template <class T>
class shared_future {
    friend class future_access;

protected:
    shared_ptr<__riddle::__state<T>> state;

public:
    shared_future() = default;
    explicit shared_future(shared_ptr<__riddle::__state<T>> state) : state(std::move(state)) {}
    bool valid() const { return bool(state); }
    void wait() const {
        try {
            state->wait();
        } catch (...) {
        }
    }
    template <class Time>
    future_status wait_for(const Time &) const {
        return state->ready() ? future_status::ready
                              : state->deferred ? future_status::deferred : future_status::timeout;
    }
    template <class Time>
    future_status wait_until(const Time &time) const { return wait_for(time); }
    decltype(auto) get() const {
        state->wait();
        if constexpr (is_reference<T>::value)
            return **state->value;
        else if constexpr (!is_void<T>::value)
            return static_cast<const T &>(*state->value);
    }
};

template <class T>
class future : private shared_future<T> {
    typedef shared_future<T> base;

public:
    using base::base;
    using base::valid;
    using base::wait;
    using base::wait_for;
    using base::wait_until;
    future() = default;
    future(future &&) = default;
    future &operator=(future &&) = default;
    future(const future &) = delete;
    T get() {
        auto mine = std::move(this->state);
        mine->wait();
        if constexpr (is_reference<T>::value)
            return **mine->value;
        else if constexpr (!is_void<T>::value)
            return std::move(*mine->value);
    }
    shared_future<T> share() { return shared_future<T>(std::move(this->state)); }
};

template <class T>
class promise {
    shared_ptr<__riddle::__state<T>> state = make_shared<__riddle::__state<T>>();

public:
    promise() = default;
    promise(promise &&) = default;
    promise &operator=(promise &&) = default;
    future<T> get_future() { return future<T>(state); }
    template <class... Value>
    void set_value(Value &&...value) {
        if (state->ready())
            throw future_error(future_errc::promise_already_satisfied);
        state->fill([&]() -> T { return T(std::forward<Value>(value)...); });
    }
    void set_exception(exception_ptr error) { state->error = error; }
};

template <class>
class packaged_task;
template <class R, class... Args>
class packaged_task<R(Args...)> {
    function<R(Args...)> fn;
    shared_ptr<__riddle::__state<R>> state = make_shared<__riddle::__state<R>>();

public:
    packaged_task() = default;
    packaged_task(packaged_task &&) = default;
    packaged_task &operator=(packaged_task &&) = default;
    template <class Fn, class = enable_if_t<!is_same<decay_t<Fn>, packaged_task>::value>>
    explicit packaged_task(Fn &&fn) : fn(std::forward<Fn>(fn)) {}
    bool valid() const { return bool(fn); }
    future<R> get_future() { return future<R>(state); }
    void operator()(Args... args) {
        state->fill([&]() -> R { return fn(std::forward<Args>(args)...); });
    }
    void reset() { state = make_shared<__riddle::__state<R>>(); }
};

template <class Fn, class... Args>
auto async(launch policy, Fn &&fn, Args &&...args) {
    typedef invoke_result_t<decay_t<Fn>, decay_t<Args>...> R;
    auto state = make_shared<__riddle::__state<R>>();
    auto call = make_shared<tuple<decay_t<Fn>, decay_t<Args>...>>(std::forward<Fn>(fn), std::forward<Args>(args)...);
    auto work = [call]() -> R {
        return std::apply([](auto &...it) -> R { return std::invoke(std::move(it)...); }, *call);
    };
    if (policy == launch::deferred)
        state->deferred = [work, to = state.get()] { to->fill(work); };
    else
        state->fill(work);
    return future<R>(state);
}
template <class Fn, class... Args, class = enable_if_t<!is_same<decay_t<Fn>, launch>::value>>
auto async(Fn &&fn, Args &&...args) {
    return std::async(launch::async, std::forward<Fn>(fn), std::forward<Args>(args)...);
}

} // namespace std

#endif

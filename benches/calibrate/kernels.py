#!/usr/bin/env python3
"""How long a second of fuel can be made to last: kernels.py METER FUEL_PER_SECOND > kernels.csv

METER is `target/debug/fuel_meter`. Runs small loops, each of one thing that is cheap in fuel or dear in time, and
prints for each: fuel of one round, nanoseconds of one round, and the seconds of CPU time in which it uses up the
fuel of one native second (the least of three runs). The backstop allows four.
"""

import sys, tempfile
from pathlib import Path

from measure import Meter

N_RUNS = 3
# Name, rounds, the body of one round ($i counts, $x and $f carry results), and what the module needs besides.
KERNELS = [
    ("loop that ends by a jump", 200_000_000, None, ""),
    ("empty loop", 200_000_000, "", ""),
    ("20 dependent additions", 20_000_000, "(local.set $x (i32.add (local.get $x) (local.get $i)))" * 20, ""),
    ("20 dependent products", 5_000_000, "(local.set $x (i32.mul (local.get $x) (local.get $i)))" * 20, ""),
    ("4 dependent 32-bit quotients", 5_000_000, "(local.set $x (i32.div_u (i32.const 2000000000) (i32.or (local.get $x) (i32.const 1))))" * 4, ""),
    ("4 dependent 64-bit quotients", 5_000_000, "(local.set $y (i64.div_u (i64.const 0x7fffffffffff) (i64.or (local.get $y) (i64.const 1))))" * 4, ""),
    ("4 dependent float quotients", 5_000_000, "(local.set $f (f64.div (f64.const 1.7) (f64.add (local.get $f) (f64.const 0.1))))" * 4, ""),
    ("20 dependent float additions", 5_000_000, "(local.set $f (f64.add (local.get $f) (f64.const 0.1)))" * 20, ""),
    ("4 square roots", 5_000_000, "(local.set $f (f64.sqrt (f64.add (local.get $f) (f64.const 2))))" * 4, ""),
    ("loads in order", 20_000_000, "(local.set $x (i32.add (local.get $x) (i32.load (i32.shl (i32.and (local.get $i) (i32.const 0xfff)) (i32.const 2)))))", ""),
    ("dependent loads all over 64 MiB", 5_000_000, "(local.set $x (i32.add (i32.load (i32.and (i32.mul (i32.add (local.get $x) (local.get $i)) (i32.const 0x9E3779B1)) (i32.const 0x3fffffc))) (i32.const 1)))", ""),
    ("independent loads all over 64 MiB", 5_000_000, "(local.set $x (i32.add (local.get $x) (i32.load (i32.and (i32.mul (local.get $i) (i32.const 0x9E3779B1)) (i32.const 0x3fffffc)))))", ""),
    ("stores all over 64 MiB", 5_000_000, "(i32.store (i32.and (i32.mul (local.get $i) (i32.const 0x9E3779B1)) (i32.const 0x3fffffc)) (local.get $i))", ""),
    ("first touches of pages", 16_000, "(i32.store (i32.shl (local.get $i) (i32.const 12)) (i32.const 1))", ""),
    ("branches that cannot be foreseen", 5_000_000, "(local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1103515245)) (i32.const 12345))) (if (i32.and (local.get $x) (i32.const 0x10000)) (then (local.set $y (i64.mul (local.get $y) (i64.const 7))) (call $n)))", "(func $n)"),
    ("jumps through a table that cannot be foreseen", 5_000_000, "(local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1103515245)) (i32.const 12345))) (block $d (block $c (block $b (block $a (br_table $a $b $c $d (i32.and (i32.shr_u (local.get $x) (i32.const 16)) (i32.const 3)))) (global.set $g (i32.const 1)) (br $d)) (global.set $g (i32.const 2)) (br $d)) (global.set $g (i32.const 3)))", "(global $g (mut i32) (i32.const 0))"),
    ("calls", 20_000_000, "(local.set $x (call $n (local.get $x)))", "(func $n (param i32) (result i32) (local.get 0))"),
    ("calls through a table", 20_000_000, "(local.set $x (call_indirect (type $t) (local.get $x) (i32.const 0)))", "(type $t (func (param i32) (result i32))) (func $n (type $t) (local.get 0)) (table 1 funcref) (elem (i32.const 0) $n)"),
    ("recursion 10000 deep", 2_000, "(call $n (i32.const 10000))", "(func $n (param i32) (if (local.get 0) (then (call $n (i32.sub (local.get 0) (i32.const 1))))))"),
    ("copies of 1 byte", 5_000_000, "(memory.copy (i32.const 9) (i32.const 0) (i32.and (local.get $i) (i32.const 1)))", ""),
    ("copies of 4 KiB", 1_000_000, "(memory.copy (i32.const 8192) (i32.const 0) (i32.const 4096))", ""),
    ("copies of 16 MiB", 60, "(memory.copy (i32.const 0x1000000) (i32.const 0) (i32.const 0x1000000))", ""),
    ("fills of 1 byte", 5_000_000, "(memory.fill (i32.const 9) (i32.const 0) (i32.and (local.get $i) (i32.const 1)))", ""),
    ("fills of 4 KiB", 1_000_000, "(memory.fill (i32.const 0) (i32.const 0) (i32.const 4096))", ""),
    ("fills of 16 MiB", 60, "(memory.fill (i32.const 0) (i32.const 0) (i32.const 0x1000000))", ""),
    ("memory.size and memory.grow 0", 2_000_000, "(local.set $x (memory.grow (i32.const 0)))", ""),
    ("growth by a page", 10_000, "(local.set $x (memory.grow (i32.const 1)))", ""),
    ("throw and catch", 200_000, "(block $h (try_table (catch $e $h) (throw $e)))", "(tag $e)"),
    ("10 dependent vector additions", 10_000_000, "(local.set $v (i32x4.add (local.get $v) (i32x4.splat (local.get $i))))" * 10, ""),
    ("4 dependent vector quotients", 5_000_000, "(local.set $v (f64x2.div (f64x2.splat (f64.const 1.7)) (f64x2.add (local.get $v) (f64x2.splat (f64.const 0.1)))))" * 4, ""),
    ("writes of nothing", 1_000_000, "(drop (call $write (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 64)))", "write"),
    ("writes of 1 KiB", 200_000, "(i32.store (i32.const 4) (i32.const 1024)) (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 64)))", "write"),
    ("reads of the clock", 1_000_000, "(drop (call $clock (i32.const 1) (i64.const 0) (i32.const 64)))", "clock"),
    ("1 KiB of randomness", 50_000, "(drop (call $random (i32.const 64) (i32.const 1024)))", "random"),
]
IMPORTS = {
    "write": '(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))',
    "clock": '(import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))',
    "random": '(import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))',
}


def module(rounds, body, needs):
    next_ = "(local.tee $i (i32.add (local.get $i) (i32.const 1)))"
    if body is None:
        loop = f"(block $o (loop $l (br_if $o (i32.ge_u {next_} (i32.const {rounds}))) (br $l)))"
    else:
        loop = f"(loop $l {body} (br_if $l (i32.lt_u {next_} (i32.const {rounds}))))"
    return f"""(module {IMPORTS.get(needs, needs)} (memory (export "memory") 1040)
        (func (export "_start") (local $i i32) (local $x i32) (local $y i64) (local $f f64) (local $v v128)
        {loop} (i64.store (i32.const 0) (i64.add (local.get $y) (i64.add (i64.extend_i32_u (local.get $x)) (i64.trunc_sat_f64_s (local.get $f)))))
        (v128.store (i32.const 16) (local.get $v))))"""


def main():
    meter, fuel_per_second = Meter(sys.argv[1]), float(sys.argv[2])
    print("kernel,fuel_a_round,nanoseconds_a_round,seconds_a_native_second")
    with tempfile.TemporaryDirectory() as folder:
        source, nothing = Path(folder) / "kernel.wat", Path(folder) / "nothing"
        nothing.write_bytes(b"")
        for name, rounds, body, needs in KERNELS:
            source.write_text(module(rounds, body, needs))
            runs = [meter.ask("time", source, nothing) for _ in range(N_RUNS)]
            if "error" in runs[0]:
                print(f"{name}: {runs[0]['error']}", file=sys.stderr)
                continue
            seconds, fuel = min(it["seconds"] for it in runs), runs[0]["fuel"]
            print(f"{name},{fuel / rounds:.1f},{seconds / rounds * 1e9:.2f},{seconds / fuel * fuel_per_second:.2f}", flush=True)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Fits the weights of operator classes to time: fit.py CPP.csv [STRENGTH...]
   or shows what a second is in fuel:           fit.py --rates CSV

CSV is what measure.py wrote. Prints the error of fuel as a measure of time before (one unit an operator) and after,
on the programs of the fit and on held-out ones (ten folds of whole problems), and a table of classes with their prior
and fitted weights. The weights then go into sandbox/src/runtime/costs.rs by hand.

What is fitted is the geometric mean of native time, which limits are about, and time in the sandbox, which is free of
what operators cannot know: how another compiler and another C library would have done it. Minimises the squares of
log(predicted / time), large ones counted linearly (Huber), plus STRENGTH times the squares of log(weight / prior), by
Gauss-Newton over the logarithms of the weights: no weight can be negative, and a class that hardly occurs keeps its
prior. The strength is the one with the least held-out error. Standard library only, no randomness.
"""

import csv, math, re, sys
from pathlib import Path

COSTS = Path(__file__).parent / "../../sandbox/src/runtime/costs.rs"

UNITS_PER_SECOND = 100e9
# Units of 10 ps, of which a cycle has some 30, with several operators in one: between what manuals say and all alike.
PRIOR = {
    "Const": 2, "Local": 2, "Global": 7, "Load": 9, "Store": 9, "Integer": 7, "Compare": 6, "Width": 4, "Multiply": 10,
    "Divide": 140, "Float": 16, "FloatDivide": 120, "Vector": 10, "Select": 9, "Branch": 12, "Switch": 40,
    "Call": 20, "CallIndirect": 60,
    # These the loops of kernels.py show better than whole programs do: they stay as they are.
    "Jump": 30, "Bulk": 255, "Runtime": 255, "CopiedByte": 8, "FilledByte": 6,
}
FIXED = {"Jump", "Bulk", "Runtime", "CopiedByte", "FilledByte"}
CLASSES = list(PRIOR)
STRENGTHS = [0.05, 0.1, 0.2, 0.5, 1.0]
N_FOLDS, N_STEPS = 10, 15
HUBER = 0.5
LEAST_WEIGHT, MOST_WEIGHT = 0.5, 255.0


def read(path):
    rows = []
    for it in csv.DictReader(open(path)):
        native, sandbox = float(it["native_seconds"]), float(it["sandbox_seconds"])
        rows.append({
            "program": it["program"], "problem": it["program"].rsplit("/", 1)[0], "base": float(it["base"]),
            "counts": [float(it[name]) for name in CLASSES], "native": native, "sandbox": sandbox,
            "units": math.sqrt(native * sandbox) * UNITS_PER_SECOND,
        })
    return rows


def predict(row, weights):
    return row["base"] + sum(w * n for w, n in zip(weights, row["counts"]))


def solve(a, b):
    """Solves a symmetric positive system in place, by Gauss's elimination."""
    n = len(b)
    for i in range(n):
        for j in range(i + 1, n):
            factor = a[j][i] / a[i][i]
            if factor:
                for k in range(i, n):
                    a[j][k] -= factor * a[i][k]
                b[j] -= factor * b[i]
    for i in reversed(range(n)):
        b[i] = (b[i] - sum(a[i][k] * b[k] for k in range(i + 1, n))) / a[i][i]
    return b


def fit(rows, strength):
    prior = [math.log(PRIOR[name]) for name in CLASSES]
    strengths = [1e9 if name in FIXED else strength for name in CLASSES]
    low, high = math.log(LEAST_WEIGHT), math.log(MOST_WEIGHT)
    logs, n = prior[:], len(prior)
    for _ in range(N_STEPS):
        a = [[strengths[i] if i == j else 0.0 for j in range(n)] for i in range(n)]
        b = [s * (p - x) for s, p, x in zip(strengths, prior, logs)]
        weights = [math.exp(x) for x in logs]
        for row in rows:
            predicted = predict(row, weights)
            residual = math.log(predicted / row["units"])
            gradient = [w * c / predicted for w, c in zip(weights, row["counts"])]
            importance = min(1.0, HUBER / max(abs(residual), 1e-9))
            for i in range(n):
                if gradient[i] > 1e-9:
                    scaled = importance * gradient[i]
                    b[i] -= scaled * residual
                    for j in range(n):
                        a[i][j] += scaled * gradient[j]
        step = solve(a, b)
        logs = [min(max(x + max(-1.0, min(1.0, d)), low), high) for x, d in zip(logs, step)]
        if max(map(abs, step)) < 1e-3:
            break
    return [math.exp(x) for x in logs]


def held_out(rows, strength):
    """The fuel of each row by weights that were fitted without its problem."""
    problems = sorted({it["problem"] for it in rows})
    fuel = {}
    for fold in range(N_FOLDS):
        out = set(problems[fold::N_FOLDS])
        weights = fit([it for it in rows if it["problem"] not in out], strength)
        fuel |= {it["program"]: predict(it, weights) for it in rows if it["problem"] in out}
    return [fuel[it["program"]] for it in rows]


def quantile(values, q):
    return sorted(values)[min(len(values) - 1, int(q * len(values)))]


def errors(ratios):
    """p50, p95 and root mean square of the factor by which a ratio is off, after the best constant."""
    logs = [math.log(it) for it in ratios]
    middle = quantile(logs, 0.5)
    off = [abs(it - middle) for it in logs]
    rms = math.sqrt(sum(it * it for it in off) / len(off))
    return [math.exp(it) for it in (quantile(off, 0.5), quantile(off, 0.95), rms)]


def show(name, rows, fuel):
    """Prints the errors of some fuel against both times, and returns the sum of the last two of them."""
    line, sum_ = f"{name:28}", 0.0
    for time in ("native", "sandbox"):
        found = errors([it / row[time] for it, row in zip(fuel, rows)])
        line += f"  {time} p50 {found[0]:.2f} p95 {found[1]:.2f} rms {found[2]:.2f}"
        sum_ += found[2]
    print(line)
    return sum_


def rates(path):
    rows = [(int(it["fuel"]) / float(it["native_seconds"]) / 1e9, it) for it in csv.DictReader(open(path))]
    all_ = [rate for rate, _ in rows]
    slowdown = [float(it["sandbox_seconds"]) / float(it["native_seconds"]) for _, it in rows]
    print(f"{len(rows)} programs; billions of fuel a native second: " + ", ".join(
        f"{name} {quantile(all_, q):.1f}" for name, q in
        [("least", 0), ("p10", 0.1), ("p25", 0.25), ("median", 0.5), ("p75", 0.75), ("p90", 0.9), ("most", 1)]))
    print(f"sandbox time / native time: geometric mean {math.exp(sum(map(math.log, slowdown)) / len(slowdown)):.2f},"
          f" {min(slowdown):.2f} to {max(slowdown):.2f}")


def main():
    if sys.argv[1] == "--rates":
        return rates(sys.argv[2])
    rows = read(sys.argv[1])
    print(f"{len(rows)} programs of {len({it['problem'] for it in rows})} problems; factors by which fuel is off:")
    ones = [1.0] * len(CLASSES)
    show("one an operator", rows, [predict(it, ones) for it in rows])
    show("prior", rows, [predict(it, list(PRIOR.values())) for it in rows])
    tried = []
    for strength in [float(it) for it in sys.argv[2:]] or STRENGTHS:
        fuel = held_out(rows, strength)
        tried.append((show(f"held out, strength {strength}", rows, fuel), strength, fuel))
    _, strength, fuel = min(tried)
    weights = fit(rows, strength)
    rounded = [max(1, round(it)) for it in weights]
    show("fitted", rows, [predict(it, weights) for it in rows])
    show("fitted and rounded", rows, [predict(it, rounded) for it in rows])
    table = {name: int(weight) for name, weight in re.findall(r"^    ([A-Z]\w+) (\d+):", COSTS.read_text(), re.M)}
    show("the table as it is", rows, [predict(it, [table[name] for name in CLASSES]) for it in rows])
    show("the sandbox's own time", rows, [it["sandbox"] for it in rows])
    print(f"\nstrength {strength}\n{'class':12} {'prior':>6} {'fitted':>7} {'table':>6}  share of fuel in %: mean, most")
    for i, name in enumerate(CLASSES):
        shares = [100 * weights[i] * it["counts"][i] / predict(it, weights) for it in rows]
        print(f"{name:12} {PRIOR[name]:6} {weights[i]:7.1f} {table[name]:6} {sum(shares) / len(shares):7.1f} {max(shares):6.1f}")
    print("\nfurthest off, held out: fuel / native time, sandbox time / native time, program")
    ratios = sorted((it / row["native"] / UNITS_PER_SECOND, row["sandbox"] / row["native"], row["program"]) for it, row in zip(fuel, rows))
    for ratio, slowdown, program in ratios[:8] + ratios[-8:]:
        print(f"{ratio:6.2f} {slowdown:6.2f} {program}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Fits the weights of operator classes to native time: fit.py CPP.csv [STRENGTH...]

CPP.csv is what measure.py wrote. Prints a table of classes with their prior and fitted weights, and the error of
fuel as a measure of time before (one unit an operator) and after, on the programs of the fit and on held-out ones
(ten folds of whole problems). The weights then go into sandbox/src/runtime/costs.rs by hand.

Minimises the squares of log(predicted / native), large ones counted linearly (Huber), plus STRENGTH times the
squares of log(weight / prior), by Gauss-Newton over the logarithms of the weights: no weight can be negative, and
a class that hardly occurs keeps its prior. The strength is the one with the least held-out error. Standard library
only, no randomness.
"""

import csv, math, sys

UNITS_PER_SECOND = 100e9
# What one of each class takes, in units of 10 ps at 3 GHz (33 a cycle), four and more of them going on at once.
PRIOR = {
    "Const": 0.7, "Local": 0.7, "Global": 8, "Load": 12, "Store": 12, "Integer": 8, "Compare": 5, "Width": 3, "Multiply": 16,
    "Divide": 200, "Float": 25, "FloatDivide": 150, "Vector": 16, "Select": 12, "Branch": 12, "Jump": 12, "Switch": 60,
    "Call": 30, "CallIndirect": 80, "Runtime": 255, "CopiedByte": 4, "FilledByte": 3,
}
CLASSES = list(PRIOR)
STRENGTHS = [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0]
N_FOLDS = 10
HUBER = 0.5
LEAST_WEIGHT, MOST_WEIGHT = 0.3, 255.0


def read(path):
    rows = []
    for it in csv.DictReader(open(path)):
        rows.append({
            "program": it["program"], "problem": it["program"].rsplit("/", 1)[0], "label": it["label"],
            "counts": [float(it[name]) for name in CLASSES], "base": float(it["base"]),
            "units": float(it["native_seconds"]) * UNITS_PER_SECOND,
            "sandbox": float(it["sandbox_seconds"]) / float(it["native_seconds"]),
        })
    return rows


def predict(row, weights):
    return row["base"] + sum(w * n for w, n in zip(weights, row["counts"]))


def solve(a, b):
    """Solves a symmetric positive system in place, by Gauss elimination."""
    n = len(b)
    for i in range(n):
        for j in range(i + 1, n):
            f = a[j][i] / a[i][i]
            if f:
                for k in range(i, n):
                    a[j][k] -= f * a[i][k]
                b[j] -= f * b[i]
    for i in reversed(range(n)):
        b[i] = (b[i] - sum(a[i][k] * b[k] for k in range(i + 1, n))) / a[i][i]
    return b


def fit(rows, strength, rounds=25):
    prior = [math.log(PRIOR[name]) for name in CLASSES]
    u = prior[:]
    n = len(u)
    for _ in range(rounds):
        a = [[strength if i == j else 0.0 for j in range(n)] for i in range(n)]
        b = [strength * (p - x) for p, x in zip(prior, u)]
        weights = [math.exp(x) for x in u]
        for row in rows:
            predicted = predict(row, weights)
            residual = math.log(predicted / row["units"])
            g = [w * c / predicted for w, c in zip(weights, row["counts"])]
            importance = min(1.0, HUBER / max(abs(residual), 1e-9))
            for i in range(n):
                if g[i] > 1e-9:
                    gi = importance * g[i]
                    b[i] -= gi * residual
                    ai = a[i]
                    for j in range(n):
                        ai[j] += gi * g[j]
        step = solve(a, b)
        low, high = math.log(LEAST_WEIGHT), math.log(MOST_WEIGHT)
        u = [min(max(x + max(-1.0, min(1.0, d)), low), high) for x, d in zip(u, step)]
        if max(abs(d) for d in step) < 1e-4:
            break
    return [math.exp(x) for x in u]


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(q * len(values)))]


def errors(ratios):
    """p50 and p95 of the factor by which a ratio is off, after the best constant."""
    logs = [math.log(it) for it in ratios]
    middle = quantile(logs, 0.5)
    off = [abs(it - middle) for it in logs]
    spread = math.sqrt(sum(it * it for it in off) / len(off))
    return math.exp(quantile(off, 0.5)), math.exp(quantile(off, 0.95)), math.exp(spread)


def held_out(rows, strength):
    problems = sorted({it["problem"] for it in rows})
    ratios = []
    for fold in range(N_FOLDS):
        out = set(problems[fold::N_FOLDS])
        weights = fit([it for it in rows if it["problem"] not in out], strength, rounds=12)
        ratios += [(predict(it, weights) / it["units"], it["program"]) for it in rows if it["problem"] in out]
    return ratios


def show(name, ratios):
    p50, p95, rms = errors(ratios)
    print(f"{name:34} p50 {p50:5.2f} x  p95 {p95:5.2f} x  rms {rms:5.2f} x   range {min(ratios):.2f} to {max(ratios):.2f}")


def main():
    rows = read(sys.argv[1])
    strengths = [float(it) for it in sys.argv[2:]] or STRENGTHS
    print(f"{len(rows)} programs of {len({it['problem'] for it in rows})} problems")
    ones = [1.0] * len(CLASSES)
    unit = [predict(it, ones) / it["units"] for it in rows]
    show("one an operator", unit)
    show("prior", [predict(it, list(PRIOR.values())) / it["units"] for it in rows])
    best = None
    for strength in strengths:
        ratios = held_out(rows, strength)
        rms = errors([it for it, _ in ratios])[2]
        show(f"held out, strength {strength}", [it for it, _ in ratios])
        if not best or rms < best[0]:
            best = (rms, strength, ratios)
    _, strength, ratios = best
    weights = fit(rows, strength)
    rounded = [max(1.0, round(it)) for it in weights]
    show("fitted", [predict(it, weights) / it["units"] for it in rows])
    show("fitted and rounded", [predict(it, rounded) / it["units"] for it in rows])
    show("sandbox time / native", [it["sandbox"] for it in rows])
    print(f"\nstrength {strength}\nclass         prior  fitted rounded  share of fuel, %: mean, most")
    for i, name in enumerate(CLASSES):
        shares = [100 * rounded[i] * it["counts"][i] / predict(it, rounded) for it in rows]
        print(f"{name:12} {PRIOR[name]:6.1f} {weights[i]:7.2f} {rounded[i]:7.0f} {sum(shares) / len(shares):10.1f} {max(shares):7.1f}")
    print("\nfurthest off, held out:")
    ratios.sort()
    for ratio, program in ratios[:8] + ratios[-8:]:
        print(f"{ratio:6.2f} {program}")


if __name__ == "__main__":
    main()

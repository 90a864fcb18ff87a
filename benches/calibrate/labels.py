#!/usr/bin/env python3
"""Compares verdicts with labels: riddle judge --format json PROBLEM... | labels.py > labels.csv

A line for each C, C++ and Python program that was judged other than its folder promises where time has a part in it
(AC or TLE on either side), or that the backstop ended: its fuel in seconds of its language beside the limit. The last
lines count, for each language, programs and agreements. Constants are read from sandbox/src/calibration.rs.
"""

import json, re, sys
from pathlib import Path

SOURCE = Path(__file__).parent / "../../sandbox/src/calibration.rs"
CONSTANTS = {"c": "NATIVE", "cpp": "NATIVE", "python": "PYTHON"}


def main():
    source = SOURCE.read_text()
    fuel_of = {it: int(re.search(rf"\b{name}_FUEL_PER_SECOND: u64 = ([\d_]+)", source)[1].replace("_", ""))
               for it, name in CONSTANTS.items()}
    counts = {}
    print("problem,submission,language,label,verdict,fuel_seconds,limit_seconds,limit_source,sandbox_seconds")
    for problem in json.load(sys.stdin)["problems"]:
        limit = problem["time_limit"]
        for it in problem["submissions"]:
            language, label, verdict = it["language"], it["expected"], it["verdict"]
            if language not in fuel_of or not label or not verdict:
                continue
            count = counts.setdefault(language, [0, 0])
            count[0] += 1
            count[1] += label == verdict
            if label != verdict and {label, verdict} & {"AC", "TLE", "JE"}:
                print(f"{it['problem']},{it['submission']},{language},{label},{verdict},{it['fuel'] / fuel_of[language]:.3f},"
                      f"{limit['seconds']},{limit['source']},{it['run_ms'] / 1e3:.3f}")
    for language, (n, n_met) in sorted(counts.items()):
        print(f"# {language}: {n_met} of {n} as labelled")


if __name__ == "__main__":
    main()

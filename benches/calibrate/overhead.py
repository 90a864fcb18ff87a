#!/usr/bin/env python3
"""What counting fuel costs in CPU time: overhead.py METER MEASURED.csv PROBLEM... > overhead.csv

METER is `target/debug/fuel_meter`, MEASURED.csv what measure.py wrote of these problem packages. Runs each program
where fuel is time, where each operator costs one, and where nothing is counted, in turn, N_RUNS times, and prints
the least CPU seconds of each. The last line has the geometric means of the ratios to the last, and their extremes.
"""

import csv, math, sys
from pathlib import Path

from measure import Meter

N_RUNS = 5
WAYS = ["time", "operators", "off"]


def main():
    meter, measured, packages = Meter(sys.argv[1]), sys.argv[2], [Path(it) for it in sys.argv[3:]]
    folders = {f"{it.parent.name}/{it.name}": it for it in packages}
    print("program," + ",".join(f"{way}_seconds" for way in WAYS))
    logs = {way: [] for way in WAYS[:2]}
    for row in csv.DictReader(open(measured)):
        problem, name = row["program"].rsplit("/", 1)
        if problem not in folders:
            continue
        source = folders[problem] / "submissions" / row["label"] / name
        test = next(folders[problem].glob("data/secret/**/" + row["input"]))
        best = {way: math.inf for way in WAYS}
        for _ in range(N_RUNS):
            for way in WAYS:
                best[way] = min(best[way], meter.ask(way, source, test)["seconds"])
        print(row["program"] + "," + ",".join(f"{best[way]:.4f}" for way in WAYS), flush=True)
        for way in logs:
            logs[way].append(math.log(best[way] / best["off"]))
    for way, them in logs.items():
        mean = math.exp(sum(them) / len(them))
        print(f"# {way} / off: geometric mean {mean:.3f}, {math.exp(min(them)):.2f} to {math.exp(max(them)):.2f}")


if __name__ == "__main__":
    main()

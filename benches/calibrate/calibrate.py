#!/usr/bin/env python3
"""Relates fuel to native CPU time: calibrate.py RIDDLE LANGUAGE PROBLEM... > calibration.csv

For each accepted submission in LANGUAGE (c, cpp, python) of each problem folder: builds it as judges do
(gcc/g++ -O2; python3), runs it natively and by `RIDDLE run` on the problem's three largest inputs, and prints a
row for the slowest: program, native CPU seconds, fuel, seconds in the sandbox. Programs below 0.05 s are left
out, since start-up would be measured. Natively nothing is confined: run it only on sources that you trust.
"""

import json, resource, subprocess, sys, tempfile
from pathlib import Path

LEAST_SECONDS = 0.05
KILL_SECONDS = 30
N_INPUTS = 3
ENDINGS = {"c": [".c"], "cpp": [".cpp", ".cc"], "python": [".py"]}


def build(source, folder):
    program = Path(folder) / "program"
    if source.suffix == ".py":
        return ["python3", str(source)]
    compiler = ["gcc", "-O2", "-w", "-std=gnu17"] if source.suffix == ".c" else ["g++", "-O2", "-w", "-std=gnu++17"]
    done = subprocess.run([*compiler, "-o", program, source, "-lm"], capture_output=True)
    return [str(program)] if done.returncode == 0 else None


def native_seconds(command, test):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        with open(test, "rb") as stdin:
            subprocess.run(command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=KILL_SECONDS)
    except subprocess.TimeoutExpired:
        return 0.0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def sandboxed(riddle, source, test):
    command = [riddle, "run", "--format", "json", "--time-limit", "60", str(source)]
    with open(test, "rb") as stdin:
        return json.loads(subprocess.run(command, stdin=stdin, capture_output=True).stdout)


def main():
    riddle, language, problems = sys.argv[1], sys.argv[2], [Path(it) for it in sys.argv[3:]]
    print("language,program,native_seconds,fuel,sandbox_seconds")
    for problem in problems:
        tests = sorted(problem.glob("data/secret/**/*.in"), key=lambda it: -it.stat().st_size)[:N_INPUTS]
        for source in sorted((problem / "submissions/accepted").glob("*")):
            if source.suffix not in ENDINGS[language]:
                continue
            with tempfile.TemporaryDirectory() as folder:
                command = build(source, folder)
                times = [(native_seconds(command, test), test) for test in tests] if command else []
            seconds, test = max(times, default=(0.0, None))
            if seconds < LEAST_SECONDS:
                continue
            run = sandboxed(riddle, source, test)
            if run["ending"] in ("ok", "exit"):
                print(f"{language},{problem.name}/{source.name},{seconds:.3f},{run['fuel']},{run['run_ms'] / 1e3:.3f}", flush=True)


if __name__ == "__main__":
    main()

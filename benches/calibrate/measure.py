#!/usr/bin/env python3
"""Measures programs natively and in the sandbox: measure.py METER LANGUAGE OUT.csv PROBLEM...
   or what they cost in the sandbox once more:   measure.py --again CLASSES METER OUT.csv PROBLEM...

METER is `target/debug/fuel_meter`. For each accepted and too slow submission in LANGUAGE (cpp, which takes C as well;
python; rust; go) of each problem package: builds it as judges do, picks the input on which it takes longest below
MOST_SECONDS, and appends a row: CPU seconds natively and in the sandbox, each the least of several runs in turn, fuel,
and for C and C++ how many operators of each class it executed. Rows that are there already are kept, so that
it can be ended and begun again. Natively nothing is confined: run it only on sources that you trust.
"""

import csv, json, os, resource, signal, subprocess, sys, tempfile
from pathlib import Path

# Below, start-up would be measured; above, the counting would take too long.
LEAST_SECONDS = {"cpp": 0.02, "python": 0.1, "rust": 0.02, "go": 0.02}
MOST_SECONDS = {"cpp": 0.25, "python": 2.0, "rust": 2.0, "go": 2.0}
# So that no problem outweighs the others.
N_PER_LABEL = 4
N_LARGEST_INPUTS, N_OTHER_INPUTS = 5, 4
# Larger inputs than this many that took too long are not tried.
N_TOO_SLOW = 2
N_NATIVE_RUNS, N_SANDBOX_RUNS = 4, 2
ENDINGS = {"cpp": [".c", ".cpp", ".cc"], "python": [".py"], "rust": [".rs"], "go": [".go"]}
LABELS = ["accepted", "time_limit_exceeded", "slow_accepted"]


def build(source, folder):
    """The command that runs a source, or None if it does not compile."""
    program = str(Path(folder) / "program")
    compilers = {
        ".c": ["gcc", "-O2", "-w", "-std=gnu17"], ".cpp": ["g++", "-O2", "-w", "-std=gnu++20"],
        ".cc": ["g++", "-O2", "-w", "-std=gnu++20"], ".rs": ["rustc", "-O"], ".go": ["go", "build"],
    }
    if source.suffix == ".py":
        return [os.path.realpath(sys.executable), str(source)]
    command = [*compilers[source.suffix], "-o", program, str(source)]
    if source.suffix in (".c", ".cpp", ".cc"):
        command.append("-lm")
    return [program] if subprocess.run(command, capture_output=True).returncode == 0 else None


def limited(seconds):
    resource.setrlimit(resource.RLIMIT_STACK, (1 << 30, resource.RLIM_INFINITY))
    signal.setitimer(signal.ITIMER_PROF, seconds * 1.1)


def native_seconds(command, test, most):
    """CPU seconds of one run; None if it fails or takes too long."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "GOMAXPROCS": "1"}
    with open(test, "rb") as stdin:
        done = subprocess.run(command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              preexec_fn=lambda: limited(most), env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds if done.returncode == 0 else None


class Meter:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, request, source, test):
        self.process.stdin.write(f"{request}\t{source}\t{test}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def inputs(problem):
    tests = sorted(problem.glob("data/secret/**/*.in"), key=lambda it: (-it.stat().st_size, it))
    if not tests:
        return ["/dev/null"]
    rest = tests[N_LARGEST_INPUTS:]
    return [*rest[:: -max(1, len(rest) // N_OTHER_INPUTS)], *reversed(tests[:N_LARGEST_INPUTS])]


def slowest(command, language, problem):
    """The input on which a program takes longest, of those on which it does not take too long."""
    most = MOST_SECONDS[language]
    best, n_too_slow = (0, None), 0
    for test in inputs(problem):
        seconds = native_seconds(command, test, most)
        if seconds and seconds < most:
            best = max(best, (seconds, str(test)))
        elif (n_too_slow := n_too_slow + 1) == N_TOO_SLOW:
            break
    return best


def row(meter, language, problem, source):
    with tempfile.TemporaryDirectory() as folder:
        command = build(source, folder)
        if not command:
            return None
        native, test = slowest(command, language, problem)
        if native < LEAST_SECONDS[language]:
            return None
        first = meter.ask("time", source, test)
        if "error" in first:
            print(f"{source}: {first['error'][:200]}", file=sys.stderr)
            return None
        sandbox = first["seconds"]
        for run in range(N_NATIVE_RUNS):
            native = min(native, native_seconds(command, test, MOST_SECONDS[language]) or native)
            if run < N_SANDBOX_RUNS:
                sandbox = min(sandbox, meter.ask("time", source, test)["seconds"])
    result = {
        "language": language, "program": f"{problem.parent.name}/{problem.name}/{source.name}", "label": source.parent.name,
        "input": Path(test).name, "input_bytes": Path(test).stat().st_size, "output_bytes": first["output_bytes"],
        "native_seconds": f"{native:.4f}", "sandbox_seconds": f"{sandbox:.4f}", "fuel": first["fuel"],
    }
    if language == "cpp":
        counts = meter.ask("count", source, test)
        if "error" in counts:
            print(f"{source}: {counts['error'][:200]}", file=sys.stderr)
            return None
        result |= counts
    return result


def again(meter, out, problems, classes):
    """Measures the fuel and the sandbox's seconds of all rows again, after the table of costs or a guest has changed."""
    folders = {f"{it.parent.name}/{it.name}": it for it in problems}
    rows = list(csv.DictReader(out.open()))
    for it in rows:
        problem, name = it["program"].rsplit("/", 1)
        source = folders[problem] / "submissions" / it["label"] / name
        test = next(folders[problem].glob("data/secret/**/" + it["input"]), "/dev/null")
        runs = [meter.ask("time", source, test) for _ in range(N_SANDBOX_RUNS)]
        it["fuel"], it["sandbox_seconds"] = runs[0]["fuel"], f"{min(run['seconds'] for run in runs):.4f}"
        if classes:
            it |= meter.ask("count:" + ",".join(classes), source, test)
    with out.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main():
    if sys.argv[1] == "--again":
        classes = sys.argv[2].split(",") if sys.argv[2] else []
        return again(Meter(sys.argv[3]), Path(sys.argv[4]), [Path(it) for it in sys.argv[5:]], classes)
    meter, language, out = Meter(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    known = {it["program"] for it in csv.DictReader(out.open())} if out.exists() else set()
    writer = None
    with out.open("a", newline="") as file:
        for problem in map(Path, sys.argv[4:]):
            for label in LABELS:
                n_rows = 0
                for source in sorted((problem / "submissions" / label).glob("*")):
                    name = f"{problem.parent.name}/{problem.name}/{source.name}"
                    n_rows += name in known
                    if source.suffix not in ENDINGS[language] or name in known or n_rows >= N_PER_LABEL:
                        continue
                    found = row(meter, language, problem, source)
                    if not found:
                        continue
                    if not writer:
                        writer = csv.DictWriter(file, found.keys(), lineterminator="\n")
                        if not known:
                            writer.writeheader()
                    writer.writerow(found)
                    file.flush()
                    n_rows += 1


if __name__ == "__main__":
    main()

#!/bin/sh
# Measures and fits what a second is in fuel: run.sh PACKAGES OUT GO_BIN, or run.sh PACKAGES OUT python
#
# PACKAGES holds folders of problem packages, OUT gets (or has) the tables fuel-*.csv and what was made of them, GO_BIN
# is a folder with `go`. With `python`, Python's programs only are measured in the sandbox once more, as after a new
# guest, and its rates printed. Rows that OUT has are kept: begin with an empty OUT on a quiet machine.
# The weights go into sandbox/src/runtime/costs.rs and the constants into sandbox/src/calibration.rs by hand, whose
# tests compare them with the tables. After a change of the weights: run it once more, so that fuel is measured by them.
set -eu
packages=$1 out=$2 what=$3
here=$(dirname "$0")
own=$(ls -d "$here"/programs/*)
problems=$(ls -d "$packages"/*/*/)
export PYTHONDONTWRITEBYTECODE=1
cargo build -q -p riddle-benches --bin fuel_meter
meter=target/debug/fuel_meter
again() { python3 "$here/measure.py" --again "" "$meter" "$out/fuel-$1.csv" $2; }

if [ "$what" = python ]; then
    again python "$problems"
    python3 "$here/fit.py" --rates "$out/fuel-python.csv"
    exit
fi
PATH=$what:$PATH
for language in cpp python; do
    python3 "$here/measure.py" "$meter" $language "$out/fuel-$language.csv" $problems
    again $language "$problems"
done
for language in go rust; do
    python3 "$here/measure.py" "$meter" $language "$out/fuel-$language.csv" $own
    again $language "$own"
done
{
    python3 "$here/fit.py" "$out/fuel-cpp.csv"
    for language in cpp python go rust; do
        echo && echo $language && python3 "$here/fit.py" --rates "$out/fuel-$language.csv"
    done
} > "$out/fuel-fit.txt"
python3 "$here/kernels.py" "$meter" "$(sed -n 's/.*NATIVE_FUEL_PER_SECOND: u64 = \([0-9_]*\);/\1/p' sandbox/src/calibration.rs | tr -d _)" > "$out/fuel-kernels.csv"
python3 "$here/overhead.py" "$meter" "$out/fuel-cpp.csv" $problems > "$out/fuel-overhead.csv"

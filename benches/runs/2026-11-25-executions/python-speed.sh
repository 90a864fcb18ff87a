#!/bin/sh
# CPU-bound Python: seconds of CPU of `python3` and of `riddle run` on the same program and input, and the ratio.
# Usage: RIDDLE_CACHE=... python-speed.sh KATTIS_FOLDER RIDDLE_BINARY < python-speed-programs.txt
# Each line of the list: a submission's path and an input's path, relative to the folder, separated by a tab.
kattis=$1
riddle=$2
out=$(mktemp)
while IFS="$(printf '\t')" read -r program input; do
    native=$( { /usr/bin/env time -f %U python3 "$kattis/$program" < "$kattis/$input" > "$out"; } 2>&1 | tail -1)
    "$riddle" run "$kattis/$program" < "$kattis/$input" > /dev/null 2> /dev/null # compiles
    guest=$( { /usr/bin/env time -f %U "$riddle" run "$kattis/$program" < "$kattis/$input" 2> /dev/null > "$out.guest"; } 2>&1 | tail -1)
    same=$(cmp -s "$out" "$out.guest" && echo same || echo different)
    echo "$native $guest $same $program"
done

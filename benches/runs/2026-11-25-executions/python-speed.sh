#!/bin/sh
# CPU-bound Python: user seconds of `python3` and of `riddle run` (whole processes) on the same program and input.
# Usage: RIDDLE_CACHE=... python-speed.sh KATTIS_FOLDER RIDDLE_BINARY < python-speed-programs.txt
# PYTHON names another interpreter than the `python3` of the path.
# Each line of the list: a submission's path and an input's path, relative to the folder, separated by a tab.
kattis=$1
riddle=$2
out=$(mktemp)
while IFS="$(printf '\t')" read -r program input; do
    native=$( { /usr/bin/env time -f %U "${PYTHON:-python3}" "$kattis/$program" < "$kattis/$input" > "$out"; } 2>&1 | tail -1)
    "$riddle" run "$kattis/$program" < "$kattis/$input" > /dev/null 2> /dev/null # compiles
    # The time goes to a file of its own, since the program's messages go away.
    /usr/bin/env time -f %U -o "$out.time" "$riddle" run "$kattis/$program" < "$kattis/$input" 2> /dev/null > "$out.guest"
    guest=$(tail -1 "$out.time")
    same=$(cmp -s "$out" "$out.guest" && echo same || echo different)
    echo "$native $guest $same $program"
done

#!/usr/bin/env bash
# Run every fuzz target of the module for the time $1, such as 60s. What a target finds stays in its testdata/fuzz. Inputs
# that only reach new code are hardly minimized: with archives that takes most of the time.
set -euo pipefail

time=$1
failed=()
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# fuzz runs target $1 of package $2.
fuzz() { go test -run '^$' -fuzz "^$1\$" -fuzztime "$time" -fuzzminimizetime 100x "$2" 2>&1 | tee "$log"; }

# ended_late reports whether go says no more than that its workers did not stop in time, as happens on a busy machine. An
# input that hangs does so again.
ended_late() { grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input' "$log"; }

while IFS=: read -r file target; do
	package=./$(dirname "$file")
	echo "--- $package $target"
	fuzz "$target" "$package" || { ended_late && fuzz "$target" "$package"; } || failed+=("$package $target")
done < <(git grep -o "^func Fuzz[A-Za-z0-9_]*" -- "*_test.go" | sed "s,:func ,:,")
if [ ${#failed[@]} -gt 0 ]; then
	printf 'failed: %s\n' "${failed[@]}"
	exit 1
fi

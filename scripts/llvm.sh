#!/usr/bin/env bash
# Install LLVM's code generator llc where it is missing, through apt and without asking anything. Where that is not
# possible nncc works with its portable variant, so this ends well either way.
set -euo pipefail

if [ -n "${NNCC_LLC:-}" ]; then
	exit 0
fi
for llc in llc-19 llc-18 llc-17 llc-16 llc-15 llc-14 llc; do
	if command -v "$llc" >/dev/null; then
		exit 0
	fi
done

sudo=()
if [ "$(id -u)" != 0 ]; then
	sudo=(sudo -n)
fi
if ! command -v apt-get >/dev/null || ! "${sudo[@]}" true 2>/dev/null; then
	echo "llc of LLVM 14 or later was not found and cannot be installed from here: going on with portable code" >&2
	exit 0
fi
echo "llc was not found: installing LLVM with apt-get" >&2
"${sudo[@]}" apt-get update -qq || true
for package in llvm-19 llvm-18 llvm-15 llvm-14 llvm; do
	if "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1; then
		echo "installed $package" >&2
		exit 0
	fi
done
echo "no LLVM package could be installed: going on with portable code" >&2

#!/bin/sh
# install.sh -- `make install` and `make uninstall` in a folder of their own, as TAP.
#
# What is installed runs, completes in each shell that is here, and is all gone afterwards.
set -u
cd "$(dirname "$0")/.." || exit 1
if [ "${BUILD:-build/release}" != build/release ]; then
	echo "ok - make install # SKIP only the release build is installed"
	exit
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0

# report CLAIM FOUND: nothing found is well.
report() {
	if [ -z "$2" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		printf '%s\n' "$2" | sed 's/^/  /'
		status=1
	fi
}
# completes SHELL FILE: the shell reads it without complaint.
completes() {
	if command -v "$1" >/dev/null; then
		report "the completion for $1 is $1" "$("$1" -n "$folder/usr/share/$2" 2>&1)"
	else
		echo "ok - the completion for $1 is $1 # SKIP $1 is not installed"
	fi
}

said=$(make --no-print-directory install DESTDIR="$folder" PREFIX=/usr 2>&1) || status=1
report 'make install succeeds' "$([ $status = 0 ] || echo "$said")"
for file in bin/caisson share/man/man8/caisson.8 share/bash-completion/completions/caisson \
	share/zsh/site-functions/_caisson share/fish/vendor_completions.d/caisson.fish; do
	[ -s "$folder/usr/$file" ] || echo "$file is not there"
done >"$folder/missing"
report 'all of it is there' "$(cat "$folder/missing")"
rm "$folder/missing"
report 'the installed program is this one' \
	"$(cmp caisson "$folder/usr/bin/caisson" 2>&1; "$folder/usr/bin/caisson" --version 2>&1 >/dev/null)"
completes bash bash-completion/completions/caisson
completes zsh zsh/site-functions/_caisson
completes fish fish/vendor_completions.d/caisson.fish
if command -v mandoc >/dev/null; then
	report 'the manual is one' \
		"$(mandoc -T lint -W warning "$folder/usr/share/man/man8/caisson.8" 2>&1)"
else
	echo "ok - the manual is one # SKIP mandoc is not installed"
fi
make --no-print-directory uninstall DESTDIR="$folder" PREFIX=/usr >/dev/null 2>&1 || status=1
report 'make uninstall leaves no file' "$(find "$folder" ! -type d)"
exit $status

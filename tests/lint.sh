# lint.sh -- layers, formatting, the man page and static analysis, as far as the tools are there.
set -u
status=0
sh tests/layers.sh | grep '^not ok' && status=1
sources=$(git ls-files '*.c' '*.h' | grep -v '_table\.c$')
if command -v clang-format >/dev/null; then
	# shellcheck disable=SC2086
	clang-format --dry-run $sources 2>&1 | grep -c 'clang-formatted' | sed 's/^/clang-format would change lines: /'
fi
if command -v cppcheck >/dev/null; then
	cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr --error-exitcode=1 \
		--suppress=missingIncludeSystem -D_GNU_SOURCE -I. runtime specs ns cgroups seccomp net || status=1
fi
if command -v mandoc >/dev/null && [ -e man/caisson.8 ]; then
	mandoc -T lint -W warning man/caisson.8 || status=1
fi
exit $status

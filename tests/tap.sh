# tap.sh -- adds up files of TAP; to be sourced.

# tap_sum FILE...: what was skipped and why, then `N passed, N failed, N skipped`. $failed_parts is
# added: parts that broke without saying which test. Succeeds when nothing failed and something passed.
tap_sum() {
	all=$(cat "$@")
	tests() {
		printf '%s\n' "$all" | grep -cE "$1"
	}
	skipped=$(tests '^(ok|not ok).*# *[Ss][Kk][Ii][Pp]')
	failed=$(($(printf '%s\n' "$all" | grep -E '^not ok' | grep -cviE '# *skip') + ${failed_parts:-0}))
	passed=$(printf '%s\n' "$all" | grep -E '^ok' | grep -cviE '# *skip')
	printf '%s\n' "$all" | grep -iE '^(ok|not ok).*# *skip' | sed 's/^/  /' | sort -u | head -n 60
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

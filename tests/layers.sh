# layers.sh -- base <- specs <- {ns, cgroups, seccomp, net, runtime/criu} <- runtime: nobody includes upwards,
# and the five rooms in the middle do not know each other (the list is where they meet).
status=0
may() { # may ROOM ALLOWED-PREFIX...
	room=$1
	shift
	bad=$(grep -n '#include "' "$room"/*.[ch] 2>/dev/null | while IFS= read -r line; do
		included=${line#*#include \"}
		included=${included%%\"*}
		for prefix in "$@"; do
			case $included in "$prefix"/*) continue 2 ;; esac
		done
		printf '%s\n' "$line"
	done)
	if [ -n "$bad" ]; then
		echo "not ok - $room includes only $*"
		printf '%s\n' "$bad" | sed 's/^/# /'
		status=1
	else
		echo "ok - $room includes only $*"
	fi
}
may runtime/base runtime/base
may specs specs runtime/base
for room in ns cgroups cgroups/scope seccomp net net/mover; do
	may $room ${room%%/*} specs runtime/base
done
may runtime/criu runtime/criu specs runtime/base
exit $status

# lib_containerd.sh -- containerd with the runtime under test, and an image without a registry: to be
# sourced. $tested is the runtime's file; $image is busybox.
#
# shellcheck disable=SC2034 # names for whoever sources it
. "$ENGINES_HERE/lib.sh"

image=localhost/bb:latest
tested=$(command -v "$ENGINES_RUNTIME")
# What has no --runc-binary (ctr container create) or forgets it (1.6: beside --uidmap or --no-pivot)
# runs what is called runc: so that is the runtime under test too.
[ "$tested" = "$(command -v runc)" ] || ln -sf "$tested" /usr/local/sbin/runc

# begin_containerd: with the config on stdin. $daemon is its pid.
begin_containerd() {
	cat >"$ENGINES_ROOM/config.toml"
	containerd --config "$ENGINES_ROOM/config.toml" >"$ENGINES_ROOM/containerd.log" 2>&1 &
	daemon=$!
	soon "the daemon answers" ctr version
}

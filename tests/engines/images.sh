# images.sh -- images made by containers: podman build and commit, buildah. Run by world.sh.
. "$ENGINES_HERE/lib_podman.sh"

with buildah --version
make_archives "$ENGINES_ROOM"
does "import" import_images "$ENGINES_ROOM"
# Its own options name the runtime where the configuration is not asked (version 1.28).
export BUILDAH_RUNTIME="$ENGINES_RUNTIME" BUILDAH_ISOLATION=oci
place=$ENGINES_ROOM/build
mkdir -p "$place/cache"
echo context >"$place/file"
cat >"$place/Containerfile" <<END
FROM $image AS first
ARG word=unset
ENV WORD=\$word
SHELL ["/bin/sh", "-ec"]
WORKDIR /work
RUN echo built \$WORD >/built
RUN --mount=type=tmpfs,target=/scratch touch /scratch/x && grep ' /scratch tmpfs' /proc/mounts
RUN --mount=type=bind,target=/context test -e /context/file
RUN --mount=type=cache,target=/cache echo kept >/cache/kept
RUN --mount=type=cache,target=/cache grep kept /cache/kept
RUN --mount=type=secret,id=s,target=/secret grep hidden /secret
USER user
RUN id -u >/tmp/user
COPY file /copied

FROM $image
COPY --from=first /built /copied /tmp/user /
RUN --mount=type=bind,from=first,target=/first test -e /first/work
CMD ["cat", "/built", "/copied", "/user"]
END
echo hidden >"$place/hidden"
options="--build-arg word=said --secret id=s,src=$place/hidden"

# shellcheck disable=SC2086 # $options is words
does "podman build" podman build $options -t localhost/built "$place"
prints "built said" "what was built runs" podman run --rm localhost/built
prints 1000 "RUN as the user" podman run --rm localhost/built
# shellcheck disable=SC2086
does "buildah bud" buildah bud $options -t localhost/bud "$place"
prints context "what it built runs" podman run --rm localhost/bud
fails nothing "a RUN that fails" sh -c "printf 'FROM $image\nRUN nothing\n' | buildah bud -f - $place"
does "buildah bud --isolation chroot" sh -c "printf 'FROM $image\nRUN true\n' |
	buildah bud --isolation chroot -f - $place"
does "limits for RUN" sh -c "printf 'FROM $image\nRUN ($(limit memory memory.limit_in_bytes memory.max)) | grep 67108864\n' |
	buildah bud -m 64m -f - $place"
does "RUN --network=none" sh -c "printf 'FROM $image\nRUN --network=none ! ip link | grep eth0\n' | buildah bud -f - $place"
does "capabilities for RUN" sh -c "printf 'FROM $image\nRUN grep CapEff:.0000000000000000 /proc/self/status\n' |
	buildah bud --cap-drop all -f - $place"
does "a volume for RUN" sh -c "printf 'FROM $image\nRUN test -e /v/file\n' | buildah bud -v $place:/v:ro -f - $place"
does "a device for RUN" sh -c "printf 'FROM $image\nRUN test -c /dev/fuse\n' |
	buildah bud --device /dev/fuse -f - $place"
does "a user namespace for RUN" sh -c "printf 'FROM $image\nRUN grep 100000 /proc/self/uid_map\n' |
	buildah bud --userns-uid-map 0:100000:5000 --userns-gid-map 0:100000:5000 -f - $place"
does "the host's network for RUN" sh -c "printf 'FROM $image\nRUN ip link\n' | buildah bud --network host -f - $place"
does "podman build --squash" sh -c "printf 'FROM $image\nRUN touch /squashed\n' | podman build --squash -f - $place"

id=$(buildah from $image)
prints from "buildah run" buildah run "$id" echo from
prints /dev/pts "buildah run -t" on_a_terminal "buildah run -t $id tty"
ends 3 "buildah run: the exit status" buildah run "$id" sh -c 'exit 3'
prints 1000 "buildah run --user" buildah run --user user "$id" id -u
does "buildah run --mount" buildah run --mount type=bind,src="$place",dst=/v "$id" test -e /v/file
does "buildah copy, config, commit" sh -c "buildah copy $id $place/file /file &&
	buildah config --cmd 'cat /file' $id && buildah commit $id localhost/committed"
prints context "what it committed runs" podman run --rm localhost/committed
does "buildah rm" buildah rm -a

does "podman commit" sh -c "podman run --name changed $image touch /changed &&
	podman commit changed localhost/changed && podman run --rm localhost/changed test -e /changed"
does "podman export, import" sh -c "podman export -o $ENGINES_ROOM/out.tar changed &&
	podman import -q $ENGINES_ROOM/out.tar localhost/again && podman run --rm localhost/again /bin/test -e /changed"
does "podman save, load" sh -c "podman save -q -o $ENGINES_ROOM/saved.tar localhost/built && podman rmi localhost/built &&
	podman load -q -i $ENGINES_ROOM/saved.tar && podman run --rm localhost/built"

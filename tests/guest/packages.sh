# packages.sh -- Debian packages of any release, unpacked and not installed; to be sourced after cache.sh.
#
# Does not know what they are for: kernel.sh, criu.sh, runc.sh.

# packages_index FOLDER RELEASE: an apt of its own in FOLDER/apt, that knows that release only and
# finds nothing installed. Used by whatever runs with its APT_CONFIG.
packages_index() {
	rm -rf "$1/apt"
	mkdir -p "$1/apt/lists/partial" "$1/apt/archives/partial"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(guest_mirror) $2 main" \
		>"$1/apt/sources.list"
	: >"$1/apt/status"
	cat >"$1/apt/apt.conf" <<-END
		Dir::Etc::SourceList "$1/apt/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
		Dir::State "$1/apt";
		Dir::State::Status "$1/apt/status";
		Dir::Cache "$1/apt";
		Acquire::Languages "none";
		APT::Sandbox::User "root";
	END
	APT_CONFIG="$1/apt/apt.conf" apt-get -q update
}

# packages_alone FOLDER PACKAGE...: these and nothing else, in FOLDER/tree.
packages_alone() {
	folder=$1
	shift
	(
		export APT_CONFIG="$folder/apt/apt.conf"
		# shellcheck disable=SC2046 # names are words
		cd "$folder/apt/archives" && apt-get -q download $(concrete "$@")
	) && unpack "$folder"
}

# packages_whole FOLDER PACKAGE...: with all that they depend on, libc too.
packages_whole() {
	folder=$1
	shift
	APT_CONFIG="$folder/apt/apt.conf" apt-get -q -y --no-install-recommends --download-only \
		install "$@" && unpack "$folder"
}

# packages_program FOLDER RELEASE PACKAGE NAME: that release's /usr/sbin/NAME as FOLDER/NAME, with its
# libc and libraries beside it, so that the host's do not matter.
packages_program() {
	rm -rf "${1:?}/lib" "${1:?}/$4"
	# An rpath that libraries inherit: those of a runpath would look for theirs on the host.
	packages_index "$1" "$2" && packages_whole "$1" "$3" &&
		mv "$1"/tree/usr/lib/*-linux-gnu* "$1/lib" && mv "$1/tree/usr/sbin/$4" "$1/$4" &&
		rm -rf "$1/apt" "$1/tree" "$1/lib/gconv" &&
		patchelf --set-interpreter "$(echo "$1"/lib/ld-linux*.so.*)" --force-rpath \
			--set-rpath "$1/lib" "$1/$4"
}

# A package whose name carries its version goes by one that only depends on it.
concrete() {
	for package; do
		case $package in
		linux-image-*) apt-cache depends "$package" | sed -n 's/.*Depends: \(linux-image-\)/\1/p' ;;
		*) echo "$package" ;;
		esac
	done
}

unpack() {
	rm -rf "$1/tree"
	mkdir -p "$1/tree"
	for package in "$1"/apt/archives/*.deb; do
		dpkg-deb -x "$package" "$1/tree" || return 1
	done
}

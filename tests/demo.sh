# demo.sh -- makes a bundle from busybox and runs a container that shows where it is.
set -eu
demo=${DEMO-demo}
rm -rf "$demo"
mkdir -p "$demo/rootfs/bin" "$demo/rootfs/proc" "$demo/rootfs/sys" "$demo/rootfs/dev" "$demo/rootfs/etc"
cp "$(command -v busybox)" "$demo/rootfs/bin/busybox"
for applet in sh ls ps id hostname mount cat echo ip; do
	ln -s busybox "$demo/rootfs/bin/$applet"
done
echo 'root:x:0:0:root:/:/bin/sh' >"$demo/rootfs/etc/passwd"
./caisson spec --bundle "$demo"
sed -i -e 's/"terminal": true/"terminal": false/' \
	-e 's|^\( *\)"sh"$|\1"sh", "-c", "echo \\"I am $(id -un) on $(hostname), process $$ of:\\"; ps; echo; echo \\"my file system:\\"; ls /; echo; echo \\"my network:\\"; ip -o addr"|' \
	"$demo/config.json"
echo "\$ ./caisson run --bundle $demo hello"
./caisson run --bundle "$demo" hello
echo
echo "Look at $demo/config.json, change it, and run it again. What happened, step by step:"
echo "  ./caisson --trace run --bundle $demo hello"

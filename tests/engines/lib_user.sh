# lib_user.sh -- an ordinary user, who exists in this world only: to be sourced by what is rootless.
#
# She is anna, 1500, with a range of ids, a home, a runtime directory and what a session would let her
# open. `anna COMMAND...` is the command as hers, with nothing of root's environment.

user_home=/home/anna
user_runtime=/run/user/1500

useradd --uid 1500 --user-group --home-dir $user_home --create-home --shell /bin/sh anna
printf 'anna:200000:65536\n' | tee /etc/subuid >/etc/subgid
groupadd --gid 1700 crew
usermod --append --groups crew anna
mkdir -p $user_runtime
chown anna:anna $user_runtime
chmod 700 $user_runtime
chmod 666 /dev/fuse /dev/net/tun
cat >/usr/local/bin/anna <<END
#!/bin/sh
cd $user_home
exec setpriv --reuid anna --regid anna --init-groups env -i PATH="\$PATH" HOME=$user_home USER=anna \\
	TERM=xterm LANG=C.UTF-8 XDG_RUNTIME_DIR=$user_runtime PODMAN_IGNORE_CGROUPSV1_WARNING=1 \${i:+i=\$i} "\$@"
END
chmod 755 /usr/local/bin/anna

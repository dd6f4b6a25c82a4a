#!/bin/sh
# The README's two commands in a fresh Debian 12 root. Needs root, debootstrap and this host's Debian
# mirror (its apt configuration is used as it is). Prints demo=STATUS and check=STATUS; 0 when both are 0.
# BARE_ROOT=DIR uses (and keeps) that directory; else a temporary one is made and removed.
set -eu

[ "$(id -u)" -eq 0 ] || { echo "bare_debian: only root can make a root" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "bare_debian: apt-get install debootstrap" >&2; exit 1; }

work=$(mktemp -d "${TMPDIR:-/var/tmp}/talentpool-bare.XXXXXX")
root=${BARE_ROOT:-$work/root}
suite=bookworm

unmount_all() {
    for at in proc dev/pts dev sys; do
        if mountpoint -q "$root/$at" 2>/dev/null; then
            umount "$root/$at" 2>/dev/null || umount -l "$root/$at" || true
        fi
    done
}

clean() {
    trap - EXIT INT TERM
    unmount_all
    if mountpoint -q "$root/proc" 2>/dev/null || mountpoint -q "$root/dev" 2>/dev/null; then
        echo "bare_debian: still mounted, not removed: $root" >&2
    else
        rm -rf --one-file-system "$work"
    fi
}
trap clean EXIT
trap 'clean; exit 130' INT
trap 'clean; exit 143' TERM

# The mirror this host installs Debian from: the first address of its sources that has the suite.
mirror=$(apt-get indextargets --format '$(BASE_URI) $(RELEASE)' 2>/dev/null |
    awk -v suite="$suite" '$2 == suite {sub(/\/dists\/.*/, "", $1); print $1; exit}')
[ -n "$mirror" ] || mirror=$(sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)*\([^ ]*\) .*/\2/p' \
    /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null | head -n 1)
[ -n "$mirror" ] || { echo "bare_debian: no Debian mirror in the apt configuration" >&2; exit 1; }

mkdir -p "$root"
debootstrap --variant=minbase --include=git,ca-certificates "$suite" "$root" "$mirror" >"$work/debootstrap.log" 2>&1 ||
    { tail -n 20 "$work/debootstrap.log" >&2; exit 1; }

# The same sources and proxy as here, so that apt-get works inside as it does outside.
rm -f "$root/etc/apt/sources.list"
for part in sources.list sources.list.d apt.conf.d trusted.gpg.d keyrings; do
    if [ -e "/etc/apt/$part" ]; then
        cp -a "/etc/apt/$part" "$root/etc/apt/"
    fi
done
for file in /usr/share/keyrings/*; do
    [ -e "$root$file" ] || cp -a "$file" "$root/usr/share/keyrings/"
done
cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
cp /etc/hosts "$root/etc/hosts" 2>/dev/null || true

mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount --bind /dev/pts "$root/dev/pts" 2>/dev/null || true

git clone -q --no-hardlinks . "$root/root/talentpool"

# The commands are taken from the README, so that it cannot say something else.
first=$(sed -n 's/^ *\$* *\(apt-get update.*make demo\)$/\1/p' README.md | head -n 1)
second=$(sed -n 's/^ *\$* *\(make check\)$/\1/p' README.md | head -n 1)
[ -n "$first" ] && [ -n "$second" ] || { echo "bare_debian: the README's commands were not found" >&2; exit 1; }

inside() {
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
        ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
        ${no_proxy:+"no_proxy=$no_proxy"} chroot "$root" sh -c "cd /root/talentpool && $1" </dev/null
}

demo=0
inside "$first" || demo=$?
echo "demo=$demo"
check=0
inside "$second" || check=$?
echo "check=$check"
[ "$demo" -eq 0 ] && [ "$check" -eq 0 ]

# The Debian package: lintian has nothing to say, it is the same twice; installed in a copy of this system it works, and when it
# is purged nothing is left.
. "$(dirname "$0")/../library.sh"
needs_root
needs dpkg-deb lintian cmake strip dpkg-shlibdeps unshare
build_folder=$(dirname "$(dirname "$program")")
[[ -e $build_folder/CMakeCache.txt ]] || skip "the program is not in a folder that CMake made: $program"
source_folder=$tests/../..
mkdir once twice
export SOURCE_DATE_EPOCH=1700000000 DPKG_DEB_COMPRESSOR_LEVEL=0
package=$("$source_folder/packaging/make-deb" "$build_folder" once 2>log) || fail "$(cat log)"
"$source_folder/packaging/make-deb" "$build_folder" twice >second 2>log || fail "$(cat log)"
cmp "$package" "$(cat second)" || fail "two packages of one program differ"
lintian --info --pedantic --display-info --fail-on error,warning,info,pedantic "$package" >said 2>log || fail "lintian: $(cat said)"
assert_equal "$(cat said)" ""
dpkg-deb --contents "$package" >contents
if grep -q ' \./etc/' contents; then fail "it has files in /etc: $(cat contents)"; fi
for file in usr/bin/builder usr/share/man/man1/builder-build.1.gz usr/share/bash-completion/completions/builder \
    usr/share/zsh/vendor-completions/_builder usr/share/fish/vendor_completions.d/builder.fish usr/share/builder/builder.toml; do
    grep -qE " root/root .* \./$file$" contents || fail "it has no $file"
done

# In a copy of this system: what apt and dpkg write goes to the upper folder of an overlay.
mkdir upper work system
in_system() { # COMMAND...
    unshare --mount --propagation private bash -c '
        set -e
        mount -t overlay overlay -o "lowerdir=/,upperdir=$0/upper,workdir=$0/work" "$0/system"
        mount --rbind /proc "$0/system/proc"
        mount --rbind /dev "$0/system/dev"
        mount -t tmpfs tmpfs "$0/system/tmp"
        cp "$1" "$0/system/tmp/builder.deb"
        shift
        exec chroot "$0/system" "$@"' "$place" "$package" "$@"
}
in_system true 2>log || skip "no copy of this system can be made: $(cat log)"
files() { find /usr /etc /var/lib -xdev -not -path '/var/lib/dpkg/*' -not -path '/var/lib/apt/*' | sort; }
export -f files
in_system bash -c 'files' >before
# What it depends on is here; apt would ask a mirror for it.
in_system dpkg --install /tmp/builder.deb >log 2>&1 ||
    fail "it cannot be installed: $(cat log)"
in_system dpkg --verify builder >said 2>&1 || fail "dpkg --verify: $(cat said)"
assert_equal "$(cat said)" ""
assert_equal "$(in_system builder version | head -1)" "$("$program" version | head -1)"
in_system bash -c 'cd /tmp && echo text >file && printf "FROM scratch\nCOPY file /\n" | builder --root /tmp/store --runroot /tmp/run build -q -f - .' >said 2>log ||
    fail "it does not work: $(cat log)"
in_system bash -c 'files' >during
if cmp -s before during; then fail "nothing was installed"; fi
in_system dpkg --purge builder >log 2>&1 || fail "it cannot be removed: $(cat log)"
in_system bash -c 'files' >after
diff before after >left || fail "files are left: $(cat left)"

# What changes nothing that a step reads does not run it again.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context empty
random='cat /proc/sys/kernel/random/uuid'
# stays WHAT CHANGE...: builds, changes, builds again: the file /seen is the same.
stays() {
    local what=$1 first
    shift
    build context <Containerfile
    first=$(file it /seen)
    "$@"
    build context <Containerfile
    assert_equal "$(file it /seen)" "$first" "$what"
}
mkdir -p context/a/b && touch context/a/b/file
printf 'FROM base\nCOPY --parents a/b/file /kept/\nRUN %s >/seen\n' "$random" >Containerfile
stays "the owner of a folder on the way of --parents" chown 5:6 context/a
make_socket() { "$python" -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$1"; }
printf 'FROM base\nCOPY . /all/\nRUN %s >/seen\n' "$random" >Containerfile
stays "a socket in a copied folder" make_socket context/a/socket
[[ -S context/a/socket ]] || fail "there is no socket"
rename_stage() { sed -i 's/first/second/' Containerfile; }
printf 'FROM base AS first\nRUN echo x >/x\nFROM base\nRUN --mount=type=bind,from=first,target=/m %s >/seen\n' "$random" >Containerfile
stays "the name of the stage of a mount" rename_stage

# A stage for the machine that builds runs once for all platforms.
case $(uname -m) in x86_64) other=arm64 ;; *) other=amd64 ;; esac
printf 'FROM --platform=$BUILDPLATFORM base AS compiler\nRUN %s >/seen\nFROM scratch\nCOPY --from=compiler /seen /seen\n' "$random" >Containerfile
builder build -q --platform "linux/amd64,linux/arm64" --manifest both -f Containerfile empty >/dev/null
builder push -q --all both "oci:$place/both:x"
count=$("$python" - "$place/both" <<'PROGRAM'
import json, sys
def read(digest): return json.load(open(f"{sys.argv[1]}/blobs/sha256/{digest.split(':')[1]}"))
index = json.load(open(sys.argv[1] + "/index.json"))
members = read(index["manifests"][0]["digest"])["manifests"]
assert len(members) == 2, members
layers = {read(read(m["digest"])["config"]["digest"])["rootfs"]["diff_ids"][-1] for m in members}
print(len(layers))
PROGRAM
)
assert_equal "$count" 1 "the compiler's stage gave different files"

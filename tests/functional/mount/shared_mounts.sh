# Where all mounts of the host are shared, as systemd makes them, a command in a mounted container mounts nothing there.
source "$(dirname "$0")/../library.sh"
make_base
needs unshare
export -f builder
export program place
unshare --mount --propagation shared bash -euo pipefail -c '
    container=$(builder from base)
    folder=$(builder mount "$container")
    before=$(cat /proc/self/mountinfo)
    [[ $(builder run "$container" sh -c "echo run >/from-run; ls /proc/self/status") == /proc/self/status ]]
    [[ $(cat "$folder/from-run") == run ]]
    [[ $(cat /proc/self/mountinfo) == "$before" ]] || { echo "mounts of the command are left: $(grep -F "$folder/" /proc/self/mountinfo)"; exit 1; }
    builder umount "$container" >/dev/null
    builder rm "$container" >/dev/null
    printf "FROM base\nRUN echo built >/it\n" >Containerfile
    builder build -q -f Containerfile . >/dev/null
    [[ -z $(grep -F "$place/" /proc/self/mountinfo) ]]
'

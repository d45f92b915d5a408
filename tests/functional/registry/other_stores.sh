# Images of a Docker daemon and of the store of podman: see other_stores.py.
exec /usr/bin/python3 "$(dirname "$0")/other_stores.py" "$@"

# Manifest lists and artifacts: see manifest_lists.py.
exec /usr/bin/python3 "$(dirname "$0")/manifest_lists.py" "$@"

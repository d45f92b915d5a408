# Signatures beside the registry: see signing.py.
exec /usr/bin/python3 "$(dirname "$0")/signing.py" "$@"

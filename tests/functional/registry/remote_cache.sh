# The build cache in a registry: see remote_cache.py.
exec /usr/bin/python3 "$(dirname "$0")/remote_cache.py" "$@"

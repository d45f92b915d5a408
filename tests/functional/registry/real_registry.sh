# With docker-registry, nginx, skopeo and podman: see real_registry.py.
exec /usr/bin/python3 "$(dirname "$0")/real_registry.py" "$@"

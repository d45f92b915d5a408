# Pulling from a registry that does what it is told: see client_pull.py.
exec /usr/bin/python3 "$(dirname "$0")/client_pull.py" "$@"

# Passwords, certificates and names: see client_access.py.
exec /usr/bin/python3 "$(dirname "$0")/client_access.py" "$@"

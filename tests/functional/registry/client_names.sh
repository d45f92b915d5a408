# Certificates and names: see client_names.py.
exec /usr/bin/python3 "$(dirname "$0")/client_names.py" "$@"

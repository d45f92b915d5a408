# A registry that lies in every way to every request of a login, and of commands that look; see lying_registry.py.
exec /usr/bin/python3 "$(dirname "$0")/lying_registry.py" access

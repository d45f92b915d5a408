# A registry that lies in every way to every request of a pull; see lying_registry.py.
exec /usr/bin/python3 "$(dirname "$0")/lying_registry.py" pull

# A registry that does not answer, or byte by byte: the client gives up in time. See lying_registry.py.
exec /usr/bin/python3 "$(dirname "$0")/lying_registry.py" stall

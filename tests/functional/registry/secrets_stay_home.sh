# A secret belongs to the origin that it was given for: see secrets_stay_home.py.
exec /usr/bin/python3 "$(dirname "$0")/secrets_stay_home.py" "$@"

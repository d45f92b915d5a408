# Images whose documents and layers mean one thing here and another elsewhere, or cost too much: see hostile_images.py.
exec /usr/bin/python3 "$(dirname "$0")/hostile_images.py" "$@"

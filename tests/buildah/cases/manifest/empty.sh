# A list without members.
bq manifest create localhost/x
b manifest inspect localhost/x
bq manifest create localhost/y
b images --format '{{.Name}}'
b manifest rm localhost/x localhost/y

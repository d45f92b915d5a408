# Templates that are wrong.
base
bq inspect -t image --format '{{.Nosuch}}' busybox
phrase "can't evaluate field Nosuch"
bq inspect -t image --format '{{nosuch}}' busybox
phrase 'function "nosuch" not defined'

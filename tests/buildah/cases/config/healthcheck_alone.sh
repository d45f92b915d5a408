# Times of a check without a check.
base
c=$(b from --format docker busybox)
bq config --healthcheck-interval 9s "$c"
b inspect --format '{{json .Docker.Config.Healthcheck}}' "$c"
bq config --healthcheck 'CMD x' "$c"
b inspect --format '{{json .Docker.Config.Healthcheck}}' "$c"
bq config --healthcheck-retries 5 "$c"
b inspect --format '{{json .Docker.Config.Healthcheck}}' "$c"

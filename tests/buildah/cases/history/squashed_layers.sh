# What --squash leaves of the history.
base
printf 'FROM busybox\nRUN touch /a\nENV x=1\nRUN touch /b\n' >Containerfile
n() { "$B" $G inspect -t image localhost/x </dev/null | jq -c '[(.OCIv1.history|length),(.OCIv1.rootfs.diff_ids|length),.OCIv1.history[-1].created_by]'; }
bq build --squash -t localhost/x . ; check n
bq build --squash --layers -t localhost/x . ; check n
bq build --squash --layers --no-cache -t localhost/x . ; check n

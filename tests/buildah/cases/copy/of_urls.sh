# copy fetches as add does, and unpacks nothing.
base
mkdir web && echo hello >web/f && tar -C web -cf web/a.tar f
python3 -m http.server --bind 127.0.0.3 -d web "$PORT" >srv 2>&1 &
pid=$!
for i in $(seq 100); do (: <"/dev/tcp/127.0.0.3/$PORT") 2>&1 >srv2 && break; sleep 0.1; done
u=http://127.0.0.3:$PORT
c=$(b from busybox)
m=$(bq mount "$c")
bq copy "$c" $u/f /named
bq copy "$c" $u/a.tar /tars/
bq copy "$c" $u/f $u/a.tar /both/
bq copy --chmod 640 --chown 3:4 "$c" $u/f /own
check sh -c "cd $m && find named tars both own -printf '%p %y %m %U:%G\n' | sort"
bq copy "$c" $u/none /x
phrase '404'
kill $pid

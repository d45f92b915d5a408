# A Containerfile of a server, with a context of this machine.
mkdir srv ctx && printf 'FROM scratch\nCOPY f /\nLABEL a=b\n' >srv/cf && echo 1 >ctx/f
python3 -u -m http.server --bind 127.0.0.1 -d srv 0 >srv.log 2>&1 & server=$!
for i in $(seq 100); do grep -q 'port [0-9]' srv.log && break; sleep 0.1; done
port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' srv.log)
b build -f http://127.0.0.1:$port/cf ctx
bq build -f http://127.0.0.1:$port/none ctx
kill $server; wait $server 2>/dev/null

# Labels may be patterns.
printf 'FROM scratch\nLABEL key=value other=x\n' >Containerfile
bq build -t localhost/x .
for f in label=key 'label=k*' 'label=key=v*' 'label=key=other' 'label!=key' 'label=*=x'; do b images --filter "$f" --format '{{.Name}}'; done

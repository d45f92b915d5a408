# Values of --secret.
base
printf 'FROM busybox\nRUN true\n' >Containerfile
echo content-of-a >a
be build --secret src=a .
be build --secret id=a,foo=bar .
be build --secret a .
be build --secret id=a,src=a,type=bad .
be build --secret id=a,src=nosuch .
bq build -q --secret id=a,src=a .

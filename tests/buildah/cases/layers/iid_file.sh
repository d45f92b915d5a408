# With --iidfile the digits are in the file alone.
printf 'FROM scratch\nLABEL a=b\nLABEL c=d\n' >Containerfile
b build --layers --iidfile id .
b build --layers --iidfile id .
check sh -c 'wc -c <id'

# A transport in FROM is shown.
printf 'FROM docker://busybox\nLABEL a=b\n' >Containerfile
b build .

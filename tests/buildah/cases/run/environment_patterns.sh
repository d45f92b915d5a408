# A name with a star at its end stands for all variables that begin so.
base
c=$(b from busybox)
FIRST_A=1 FIRST_B=2 OTHER=3 b run -e 'FIRST*' "$c" -- sh -c 'env | grep -e FIRST -e OTHER | sort'
FIRST_A=1 b run -e 'NOTHING*' -e FIRST_A "$c" -- sh -c 'env | grep -c FIRST_A'
FIRST_A=1 b run -e 'FIRST_A*' -e FIRST_A=own "$c" -- sh -c 'echo $FIRST_A'

# The history of COPY and ADD: one file, a folder, several things.
h() { "$B" $G inspect -t image "$1" | jq -c '.OCIv1.history[]|[.created_by,.empty_layer,.comment,.author]' | sed 's/[0-9a-f]\{64\}/HASH/g'; }
mkdir d && echo x >d/x && echo y >y
printf 'FROM scratch\nCOPY y /\nCOPY d /d\nCOPY y d/x /both/\nADD y /added\nCOPY --chown=1:2 y /owned\n' >Containerfile
bq build --layers -t localhost/x .
check h localhost/x

# Files of settings that are not there or make no sense.
base
printf 'nothing [\n' >bad.conf
for command in 'images' 'from busybox' 'version' 'containers'; do
    CONTAINERS_CONF_OVERRIDE=$PWD/bad.conf bq $command
    CONTAINERS_CONF=$PWD/nosuch.conf bq $command
done
printf '[engine]\nenv = ["bad"]\n' >env.conf
CONTAINERS_CONF_OVERRIDE=$PWD/env.conf bq images
phrase 'invalid environment variable "bad" from containers.conf'
bq push -q --signature-policy nosuch.json busybox dir:d
bq pull -q --creds '' busybox
phrase 'reading user name: EOF'
bq pull -q --creds me: busybox
phrase 'could not read password from terminal'

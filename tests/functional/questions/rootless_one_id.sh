# The same with a single ID, where owners are kept beside the files.
set -- with_one_id
source "$(dirname "$0")/rootless.sh"

# The commands of the how-to pages, typed as they stand.
. "$(dirname "$0")/run_page.sh"
needs docker-registry curl jq openssl htpasswd
make_base
for page in "$docs"/howto/*.md; do run_page "howto/$(basename "$page" .md)"; done

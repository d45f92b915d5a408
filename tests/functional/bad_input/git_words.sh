# No part of a git URL becomes an option, a program, another host or a way out of the checkout (CVE-2019-13139, CVE-2017-1000117,
# CVE-2020-5260, CVE-2026-33748); neither do names that the server gives.
. "$(dirname "$0")/../library.sh"
needs git
make_base
mkdir served empty && new_repository served/app.git && mkdir served/app.git/sub
printf 'FROM base\nCOPY . /all/\n' | tee served/app.git/Dockerfile >served/app.git/sub/Dockerfile
ln -s /etc served/app.git/link && ln -s sub served/app.git/inside
commit_all served/app.git one
git -C served/app.git update-ref refs/heads/-x HEAD && git -C served/app.git symbolic-ref HEAD refs/heads/-x
serve_git served
mark=$place/mark
builder build -q -t it "$url/app.git" >/dev/null # the server's name for it is -x
assert_line "$(layer it)" "all/Dockerfile file 0644 0:0 23"
builder build -q -t it "$url/app.git#:inside" >/dev/null
assert_lacks "$(layer it)" "all/sub"
for fragment in ':link' ':/etc' ':sub/../../../etc' ":--upload-pack=touch $mark" "--upload-pack=touch $mark" '-y' '--output=x' ':-x'; do
    assert_fails_with 125 builder build -q -t it "$url/app.git#$fragment"
    assert_lacks "$output" "root:" "$fragment"
done
for fragment in ':..' ':sub/../..'; do
    builder build -q -t it "$url/app.git#$fragment" >/dev/null # the top of the checkout
    assert_line "$(layer it)" "all/Dockerfile file 0644 0:0 23"
done
for address in "ext::sh -c touch% $mark" "file://$place/served/app.git" "fd::7" "ssh://-oProxyCommand=touch%20$mark/x.git" \
    "git@-oProxyCommand=x:y.git" "https://a%0ahost=b/x.git" $'https://127.0.0.1:1/a\nhost=b.git'; do
    assert_fails_with 125 builder build -q -t it "$address"
    assert_fails_with 125 builder build -q -t it -f - empty < <(printf 'FROM base\nADD ["%s", "/x/"]\n' "${address//$'\n'/\\n}")
done
[[ ! -e $mark ]] || fail "a program of an address was run"

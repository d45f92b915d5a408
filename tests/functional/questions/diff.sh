# diff says which files, settings and packages two images or containers have differently.
source "$(dirname "$0")/../library.sh"
make_base
build_empty <<'CONTAINERFILE'
FROM base
ENV kept=1 changed=before gone=1
LABEL one=1
RUN mkdir -p /d/gone/deep /var/lib/dpkg /lib/apk/db && echo a >/d/gone/deep/f && echo same >/d/same && echo 12345 >/d/content && \
    echo m >/d/mode && echo t >/d/type && ln -s a /d/link && echo o >/d/owner && echo time >/d/time && touch -d @1000000000 /d/time
RUN printf 'Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\nPackage: b\nStatus: install ok installed\nVersion: 1\n\nPackage: c\nStatus: deinstall ok config-files\nVersion: 1\n' >/var/lib/dpkg/status && \
    printf 'P:musl\nV:1.2\n\nP:old\nV:1\n' >/lib/apk/db/installed
CONTAINERFILE
builder tag it one
build_empty <<'CONTAINERFILE'
FROM one
ENV changed=after added=1
LABEL two=2
CMD ["run"]
RUN rm -r /d/gone && echo 54321 >/d/content && chmod 600 /d/mode && rm /d/type && mkdir /d/type && touch /d/type/in && \
    ln -sfn b /d/link && chown 7:8 /d/owner && cat /d/same >/new && cp /d/same /d/copy && mv /d/copy /d/same && touch /d/time
RUN printf 'Package: a\nStatus: install ok installed\nVersion: 2\nArchitecture: amd64\n\nPackage: c\nStatus: install ok installed\nVersion: 1\n' >/var/lib/dpkg/status && \
    printf 'P:musl\nV:1.2\n' >/lib/apk/db/installed
CONTAINERFILE
builder tag it two
assert_equal "$(builder diff --files one two)" "Files:
C /d/content (content, time)
D /d/gone
D /d/gone/deep
D /d/gone/deep/f
C /d/link (content, time)
C /d/mode (mode 0644 -> 0600)
C /d/owner (owner 0:0 -> 7:8)
C /d/type (type file -> folder)
A /d/type/in
C /lib/apk/db/installed (content, time)
A /new
C /var/lib/dpkg/status (content, time)"
assert_equal "$(builder diff --config one two)" 'Configuration:
+ Cmd ["run"]
+ Env.added 1
~ Env.changed before -> after
+ Labels.two 2'
assert_equal "$(builder diff --packages one two)" 'Packages:
- apk old 1
~ deb a 1 -> 2
- deb b 1
+ deb c 1'
assert_equal "$(builder diff one two)" "$(builder diff --files one two; builder diff --config one two; builder diff --packages one two)"
# The other way round.
assert_equal "$(builder diff --files two one | tail -n +2 | cut -c1-30 | sort | tr -d '\n' | tr -dc AD)" AAADD
# Times alone count where they are asked for.
assert_lacks "$(builder diff --files one two)" "/d/time"
assert_contains "$(builder diff --files --times one two)" "C /d/time (time)"
# What programs read.
assert_equal "$(builder diff --json one two | jq -c '.files[] | select(.path == "/d/mode") | [.change, .what, .before.mode, .after.mode]')" '["changed",["mode"],"0644","0600"]'
assert_equal "$(builder diff --json one two | jq -c '[(.files | length), (.config | length), (.packages | length), .not_compared]')" '[12,4,4,[]]'
assert_equal "$(builder diff --json one two | jq -c '.files[] | select(.path == "/new") | [.before, .after.size]')" '[null,5]'
# Exit codes.
builder diff one two >/dev/null
assert_fails_with 1 builder diff --exit-code --files one two
assert_fails_with 1 builder diff --quiet one two
assert_equal "$output" ""
assert_equal "$(builder diff --exit-code one one)" ""
assert_equal "$(builder diff --quiet two two)" ""
# The same files in other layers are no difference.
printf 'FROM scratch\nCOPY --from=two / /\n' | builder build -q -t copied -f - empty >/dev/null
assert_equal "$(builder diff --files two copied)" ""
# One name: an image without its topmost layer, a container against its image.
assert_equal "$(builder diff --files two)" $'Files:\nC /lib/apk/db/installed (content, time)\nC /var/lib/dpkg/status (content, time)'
container=$(builder from two)
builder run "$container" -- sh -c 'echo x >/x; rm /new'
assert_equal "$(builder diff "$container")" $'Files:\nD /new\nA /x'
assert_contains "$(builder diff --files one "$container")" "A /x"
builder rm "$container" >/dev/null
# Images without a package manager have a file for each package.
build_empty <<<$'FROM base\nRUN mkdir -p /var/lib/dpkg/status.d && printf "Package: one\\nVersion: 5\\n" >/var/lib/dpkg/status.d/one && echo "Package: no" >/var/lib/dpkg/status.d/one.md5sums'
assert_equal "$(builder diff --packages base it)" $'Packages:\n+ deb one 5'
# A database that cannot be read is told of.
build_empty <<<$'FROM base\nRUN mkdir -p /var/lib/rpm && touch /var/lib/rpm/rpmdb.sqlite && mkdir -p /var/lib/dpkg && ln -s status /var/lib/dpkg/status'
assert_contains "$(builder diff --packages base it 2>&1)" "not compared: the rpm database /var/lib/rpm/rpmdb.sqlite"
assert_contains "$(builder diff --packages base it 2>&1)" "not compared: the package database /var/lib/dpkg/status"
assert_fails_with 125 builder diff one nosuch
assert_contains "$output" "nosuch: image not known"
assert_fails_with 125 builder diff
assert_fails_with 125 builder diff one two base

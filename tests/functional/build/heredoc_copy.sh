# COPY and ADD make files of heredocs; variables are expanded unless the word is quoted.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<'X'
FROM base
ENV A=value
COPY <<plain <<"quoted" <<-tabs /in/
$A
plain
$A
quoted
		indented
	tabs
COPY --chmod=755 --chown=alice <<script /script
#!/bin/sh
script
X
assert_equal "$(file it /in/plain)$(file it /in/quoted)$(file it /in/tabs)" 'value$Aindented'
assert_line "$(layer it)" "script file 0755 1234:1235 10"

#include <gtest/gtest.h>

#include "builder/template/template.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

TemplateValue sample() {
    const TemplateValue inner = TemplateValue::record(
        "Inner", {{"Text", "text", "deep"}, {"Number", "number", 42}, {"Empty", "empty", "", true}});
    return TemplateValue::record("Sample", {{"Name", "name", "box"},
                                            {"Tags", "tags", TemplateValue::list_of({"a", "b", "c"})},
                                            {"None", "none", TemplateValue::nil_list()},
                                            {"Labels", "labels", TemplateValue::map_of({{"k", "v"}, {"l", "w"}})},
                                            {"Inner", "inner", inner},
                                            {"Yes", "yes", true},
                                            {"Size", "size", std::int64_t{1234}},
                                            {"Part", "part", 1.5}});
}

std::string fill(const std::string& text) {
    return Template::parse(text).execute(sample());
}

struct Case {
    const char* text;
    const char* result;
};

class Templates : public testing::TestWithParam<Case> {};

TEST_P(Templates, Gives) {
    EXPECT_EQ(fill(GetParam().text), GetParam().result) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(Fields, Templates,
                         testing::Values(Case{"plain", "plain"}, Case{"{{.Name}}", "box"}, Case{"{{ .Name }}!", "box!"},
                                         Case{"{{.Inner.Text}}", "deep"}, Case{"{{.Tags}}", "[a b c]"},
                                         Case{"{{.None}}", "[]"}, Case{"{{.Labels}}", "map[k:v l:w]"},
                                         Case{"{{.Labels.k}}", "v"}, Case{"{{.Labels.none}}", "<no value>"},
                                         Case{"{{.Inner}}", "{deep 42 }"}, Case{"{{.Part}}", "1.5"},
                                         Case{"{{(index .Tags 1)}}", "b"}, Case{"{{$.Name}}", "box"},
                                         Case{"{{(.Inner).Number}}", "42"}));

INSTANTIATE_TEST_SUITE_P(Blanks, Templates,
                         testing::Values(Case{"a {{- .Name -}} b", "aboxb"}, Case{"a\n{{- \"x\" }}\nb", "ax\nb"},
                                         Case{"{{/* nothing */}}x", "x"}, Case{"a {{- /* nothing */ -}} b", "ab"},
                                         Case{"{{3 -}} x", "3x"}));

INSTANTIATE_TEST_SUITE_P(Conditions, Templates,
                         testing::Values(Case{"{{if .Yes}}y{{else}}n{{end}}", "y"},
                                         Case{"{{if .None}}y{{else}}n{{end}}", "n"},
                                         Case{"{{if false}}1{{else if .Yes}}2{{else}}3{{end}}", "2"},
                                         Case{"{{if not .Yes}}1{{else if 0}}2{{else}}3{{end}}", "3"},
                                         Case{"{{with .Inner}}{{.Text}}{{end}}", "deep"},
                                         Case{"{{with .None}}x{{else}}none{{end}}", "none"},
                                         Case{"{{if and .Yes .Name}}y{{end}}", "y"}, Case{"{{or .None .Name}}", "box"},
                                         Case{"{{if or false (eq .Name \"box\" \"case\")}}y{{end}}", "y"}));

INSTANTIATE_TEST_SUITE_P(Loops, Templates,
                         testing::Values(Case{"{{range .Tags}}<{{.}}>{{end}}", "<a><b><c>"},
                                         Case{"{{range $i, $t := .Tags}}{{if $i}},{{end}}{{$i}}{{$t}}{{end}}",
                                              "0a,1b,2c"},
                                         Case{"{{range $k, $v := .Labels}}{{$k}}={{$v}} {{end}}", "k=v l=w "},
                                         Case{"{{range .None}}x{{else}}empty{{end}}", "empty"},
                                         Case{"{{range .Tags}}{{if eq . \"b\"}}{{break}}{{end}}{{.}}{{end}}", "a"},
                                         Case{"{{range .Tags}}{{if eq . \"b\"}}{{continue}}{{end}}{{.}}{{end}}", "ac"},
                                         Case{"{{$x := 0}}{{range .Tags}}{{$x = .}}{{end}}{{$x}}", "c"},
                                         Case{"{{range 3}}{{.}}{{end}}", "012"}));

INSTANTIATE_TEST_SUITE_P(
    Functions, Templates,
    testing::Values(Case{"{{len .Tags}} {{len .Name}} {{len .Labels}}", "3 3 2"}, Case{"{{index .Labels \"k\"}}", "v"},
                    Case{"{{.Name | upper | printf \"%-5s|\"}}", "BOX  |"},
                    Case{"{{printf \"%05d %x %q\" .Size 255 .Name}}", "01234 ff \"box\""},
                    Case{"{{join .Tags \"-\"}}", "a-b-c"}, Case{"{{split \"a,b\" \",\"}}", "[a b]"},
                    Case{"{{title \"a word\"}} {{lower \"UP\"}}", "A Word up"}, Case{"{{slice .Name 1}}", "ox"},
                    Case{"{{slice .Tags 1 2}}", "[b]"}, Case{"{{json .Labels}}", "{\"k\":\"v\",\"l\":\"w\"}"},
                    Case{"{{json .Inner}}", "{\"text\":\"deep\",\"number\":42}"}, Case{"{{json .None}}", "null"},
                    Case{"{{lt 1 2}} {{ge 2 3}} {{ne \"a\" \"b\"}}", "true false true"},
                    Case{"{{print 1 2 \"x\" 3}}", "1 2x3"}, Case{"{{println \"a\" 1}}", "a 1\n"},
                    Case{"{{html \"<a>\"}} {{urlquery \"a b&c\"}}", "&lt;a&gt; a+b%26c"},
                    Case{"{{printf \"%d\" \"x\"}}", "%!d(string=x)"},
                    Case{"{{truncate .Name 2}}{{pad \"x\" 1 2}}|", "bo x  |"},
                    Case{"{{define \"T\"}}<{{.}}>{{end}}{{template \"T\" .Name}}", "<box>"},
                    Case{"{{block \"B\" .Name}}[{{.}}]{{end}}", "[box]"}));

class BadTemplates : public testing::TestWithParam<const char*> {};

TEST_P(BadTemplates, AreRefused) {
    EXPECT_THROW(fill(GetParam()), runtime::Error) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(All, BadTemplates,
                         testing::Values("{{.Name", "{{.Nope}}", "{{nope .Name}}", "{{if .Name}}", "{{end}}", "{{}}",
                                         "{{index .Tags 9}}", "{{len .Yes}}", "{{\"open}}", "{{$x}}", "{{.Name.More}}",
                                         "{{lt \"a\" 1}}", "{{(.Name}}", "{{range .Name}}{{end}}",
                                         "{{template \"no\"}}", "{{.Name | .Tags}}", "{{else}}"));

TEST(RowFormat, AlignsColumnsAndMakesHeadings) {
    const std::vector<TemplateValue> rows = {
        TemplateValue::record("Row", {{"ID", "id", "1"}, {"Name", "name", "long-name"}}),
        TemplateValue::record("Row", {{"ID", "id", "222222"}, {"Name", "name", "n"}})};
    EXPECT_EQ(format_rows("{{.ID}} {{.Name}}", rows, {}), "1        long-name\n222222   n\n");
    EXPECT_EQ(format_rows("table {{.Name}}\\t{{.ID}}", rows, {{"ID", "THE ID"}}),
              "NAME        THE ID\nlong-name   1\nn           222222\n");
    EXPECT_EQ(format_rows("{{.ID}}:{{.Name}}", rows, {}), "1:long-name\n222222:n\n");
    EXPECT_EQ(format_rows("json", rows, {}),
              "{\"id\":\"1\",\"name\":\"long-name\"}\n{\"id\":\"222222\",\"name\":\"n\"}\n");
}

}  // namespace
}  // namespace builder

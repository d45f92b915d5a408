#include "registry/http/http_client.hpp"

#include <gmock/gmock.h>

#include "registry/http/url.hpp"
#include "tests/support/scripted_server.hpp"

namespace registry {
namespace {

using test::ScriptedServer;
using testing::HasSubstr;
using testing::Not;

std::string ok(const std::string& body, const std::string& fields = "") {
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{}\r\n{}", body.size(), fields, body);
}

class HttpClientTest : public testing::Test {
protected:
    HttpResponse get(const std::string& url) { return client_.send({.url = url}); }

    runtime::StopSource stop_;
    HttpClient client_{stop_};
};

TEST_F(HttpClientTest, GivesStatusFieldsAndBody) {
    ScriptedServer server({ok("hello", "X-Kind: greeting\r\nContent-Type: Text/Plain; charset=utf-8\r\n")});
    HttpResponse response = get(server.url("/x"));
    EXPECT_EQ(response.status(), 200);
    EXPECT_EQ(response.headers().find("x-kind"), "greeting");
    EXPECT_EQ(response.content_type(), "text/plain");
    EXPECT_EQ(response.read_text(100, "it"), "hello");
}

TEST_F(HttpClientTest, AnErrorOfTheServerIsAnAnswer) {
    ScriptedServer server({"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"});
    HttpResponse response = get(server.url());
    EXPECT_EQ(response.status(), 404);
    EXPECT_EQ(response.read_text(100, "it"), "gone");
}

TEST_F(HttpClientTest, LargeBodiesAreStreams) {
    std::string body;
    for (int i = 0; i < 400'000; ++i) body += std::to_string(i) + ",";
    ScriptedServer server({ok(body)});
    HttpResponse response = get(server.url());
    std::string read;
    std::vector<std::byte> buffer(1000);
    while (const std::size_t count = response.body().read(buffer))
        read.append(reinterpret_cast<const char*>(buffer.data()), count);
    EXPECT_TRUE(read == body);
}

TEST_F(HttpClientTest, SendsABodyOfKnownSize) {
    ScriptedServer server({"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nLocation: /there\r\n\r\n", ok("x")});
    const HttpResponse response =
        client_.send({.method = "PUT", .url = server.url("/up"), .body = HttpBody::of("some content")});
    EXPECT_EQ(response.status(), 201);
    EXPECT_THAT(server.request(0), HasSubstr("PUT /up HTTP/1.1\r\n"));
    EXPECT_THAT(server.request(0), HasSubstr("Content-Length: 12\r\n"));
    EXPECT_THAT(server.request(0), HasSubstr("\r\n\r\nsome content"));
    EXPECT_THAT(server.request(0), Not(HasSubstr("Expect:")));
}

TEST_F(HttpClientTest, AnEmptyBodySaysSo) {
    ScriptedServer server({"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"});
    client_.send({.method = "POST", .url = server.url(), .body = HttpBody::of("")});
    EXPECT_THAT(server.request(0), HasSubstr("POST / HTTP/1.1\r\n"));
    EXPECT_THAT(server.request(0), HasSubstr("Content-Length: 0\r\n"));
}

TEST_F(HttpClientTest, CredentialsStayWithTheirHost) {
    ScriptedServer other({ok("found")}, "127.0.0.2");
    ScriptedServer server({"HTTP/1.1 307 There\r\nContent-Length: 0\r\nLocation: " + other.url("/blob") + "\r\n\r\n"});
    HttpResponse response =
        client_.send({.url = server.url("/v2/"),
                      .headers = {{"Range", "bytes=0-"}},
                      .private_headers = {Url::parse(server.url()).origin(), {{"Authorization", "Bearer secret"}}}});
    EXPECT_EQ(response.read_text(100, "it"), "found");
    EXPECT_THAT(server.request(0), HasSubstr("Authorization: Bearer secret\r\n"));
    EXPECT_THAT(other.request(0), Not(HasSubstr("Authorization")));
    EXPECT_THAT(other.request(0), HasSubstr("Range: bytes=0-\r\n"));
}

TEST_F(HttpClientTest, CredentialsFollowWithinTheirHost) {
    ScriptedServer server({"HTTP/1.1 301 There\r\nContent-Length: 0\r\nLocation: next?a=b\r\n\r\n", ok("found")});
    HttpResponse response =
        client_.send({.url = server.url("/a/b"),
                      .private_headers = {Url::parse(server.url()).origin(), {{"Authorization", "Basic eDp5"}}}});
    EXPECT_EQ(response.url(), server.url("/a/next?a=b"));
    EXPECT_THAT(server.request(1), HasSubstr("GET /a/next?a=b HTTP/1.1\r\n"));
    EXPECT_THAT(server.request(1), HasSubstr("Authorization: Basic eDp5\r\n"));
}

TEST_F(HttpClientTest, WhereARedirectLeadsNobodyAsksForCredentials) {
    const std::string refusal = "HTTP/1.1 401 Who\r\nContent-Length: 0\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n";
    ScriptedServer other({refusal}, "127.0.0.2");
    ScriptedServer server(
        {"HTTP/1.1 307 There\r\nContent-Length: 0\r\nLocation: " + other.url("/blob") + "\r\n\r\n", refusal});
    EXPECT_FALSE(client_.send({.url = server.url("/v2/")}).headers().has("WWW-Authenticate"));
    EXPECT_TRUE(client_.send({.url = server.url("/v2/")}).headers().has("WWW-Authenticate"));
}

TEST_F(HttpClientTest, RedirectsWithoutEndAreRefused) {
    ScriptedServer server(std::vector<std::string>(20, "HTTP/1.1 302 On\r\nContent-Length: 0\r\nLocation: /\r\n\r\n"));
    EXPECT_THROW(get(server.url()), runtime::Error);
    EXPECT_EQ(server.requests().size(), 11U);
}

TEST_F(HttpClientTest, ATruncatedBodyIsAnError) {
    ScriptedServer server({"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nX-truncated: 1\r\n\r\nonly this"});
    HttpResponse response = get(server.url());
    try {
        response.read_text(1000, "it");
        FAIL() << "the end was taken for whole";
    } catch (const ConnectionError& error) {
        EXPECT_TRUE(error.may_pass);
    }
}

TEST_F(HttpClientTest, NobodyListening) {
    std::string url;
    {
        ScriptedServer gone({});
        url = gone.url();
    }
    EXPECT_THROW(get(url), ConnectionError);
}

TEST_F(HttpClientTest, AConnectionServesSeveralRequests) {
    ScriptedServer server({ok("one"), ok("two")});
    EXPECT_EQ(get(server.url()).read_text(10, "it"), "one");
    EXPECT_EQ(get(server.url()).read_text(10, "it"), "two");
}

TEST_F(HttpClientTest, AStopEndsTheWait) {
    ScriptedServer server({"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"});
    HttpResponse response = get(server.url());
    std::array<std::byte, 4> half;
    EXPECT_EQ(response.body().read(half), 4U);
    stop_.request_stop();
    std::array<std::byte, 4> rest;
    EXPECT_THROW(static_cast<void>(response.body().read(rest)), runtime::Error);
}

TEST_F(HttpClientTest, LineEndsCannotBeSmuggledIn) {
    HttpHeaders headers;
    EXPECT_THROW(headers.add("X", "a\r\nAuthorization: b"), runtime::Error);
    EXPECT_THROW(headers.add("X: y", "a"), runtime::Error);
}

TEST_F(HttpClientTest, SuggestedNames) {
    const auto name = [&](const std::string& disposition, const std::string& path) {
        ScriptedServer server({ok("", disposition.empty() ? "" : "Content-Disposition: " + disposition + "\r\n")});
        const std::string url = server.url(path);
        return suggested_file_name(get(url), url);
    };
    EXPECT_EQ(name("", "/a/b.txt?x=y"), "b.txt");
    EXPECT_EQ(name("", "/a/"), "");
    EXPECT_EQ(name("attachment; filename=\"c d.txt\"", "/a"), "c d.txt");
    EXPECT_EQ(name("attachment; filename=\"../../e\"", "/a"), "e");
    EXPECT_EQ(name("attachment; filename=f; filename*=UTF-8''%67.txt", "/a"), "g.txt");
    EXPECT_EQ(name("attachment; filename=\"..\"", "/a"), "a");
}

TEST(Url, Origins) {
    EXPECT_EQ(Url::parse("http://example.com/x?y#z").origin(), "http://example.com:80");
    EXPECT_EQ(Url::parse("https://example.com:5000").origin(), "https://example.com:5000");
    EXPECT_EQ(Url::parse("http://example.com/x?y#z").text(), "http://example.com/x?y");
    EXPECT_THROW(Url::parse("ftp://example.com/"), runtime::Error);
    EXPECT_THROW(Url::parse("http://user:secret@example.com/"), runtime::Error);
}

TEST(Url, References) {
    const Url base = Url::parse("http://example.com/v2/a/blobs/uploads/?x=y");
    EXPECT_EQ(base.resolve("/v2/u/1?_state=abc").text(), "http://example.com/v2/u/1?_state=abc");
    EXPECT_EQ(base.resolve("2?_state=abc").text(), "http://example.com/v2/a/blobs/uploads/2?_state=abc");
    EXPECT_EQ(base.resolve("https://other:1/z").text(), "https://other:1/z");
    EXPECT_EQ(base.with_query("digest", "sha256:00").text(),
              "http://example.com/v2/a/blobs/uploads/?x=y&digest=sha256%3A00");
}

}  // namespace
}  // namespace registry

-- What was fetched by HTTP, so that it is fetched again only when the server says that it changed.
CREATE TABLE downloads (
    url           TEXT PRIMARY KEY,
    etag          TEXT NOT NULL,     -- validators as the server gave them (RFC 9110, 8.8); empty where it gave none
    last_modified TEXT NOT NULL,
    digest        TEXT NOT NULL,     -- of the content, which is a blob as long as there is room for it
    file_name     TEXT NOT NULL,     -- what the server calls it
    modified      INTEGER,           -- last_modified as seconds since 1970
    last_used     INTEGER NOT NULL   -- seconds since 1970
) STRICT, WITHOUT ROWID;

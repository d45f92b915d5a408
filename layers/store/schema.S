// The schema as bytes in the binary: a script a version, in the order of `migrations` in database.cpp, each ended by
// a zero byte.
    .section .rodata
    .macro script name, file
    .global builder_store_\name
builder_store_\name:
    .incbin "\file"
    .byte 0
    .endm

    script schema, "layers/store/schema.sql"
    script schema_downloads, "layers/store/schema_downloads.sql"
    script schema_registries, "layers/store/schema_registries.sql"
    script schema_containers, "layers/store/schema_containers.sql"
    script schema_properties, "layers/store/schema_properties.sql"
    script schema_borrowed, "layers/store/schema_borrowed.sql"
    script schema_runs, "layers/store/schema_runs.sql"
    script schema_order, "layers/store/schema_order.sql"

    .section .note.GNU-stack,"",%progbits

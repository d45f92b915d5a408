// The schema as bytes in the binary.
    .section .rodata
    .global builder_store_schema
    .global builder_store_schema_end
builder_store_schema:
    .incbin "layers/store/schema.sql"
builder_store_schema_end:
    .byte 0
    .section .note.GNU-stack,"",%progbits

// The default profile as bytes in the binary.
    .section .rodata
    .global builder_default_seccomp
    .global builder_default_seccomp_end
builder_default_seccomp:
    .incbin "runtime/container/default_seccomp.json"
builder_default_seccomp_end:
    .byte 0
    .section .note.GNU-stack,"",%progbits

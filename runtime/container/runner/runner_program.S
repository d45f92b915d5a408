// The runner's program as bytes in the binary.
    .section .rodata
    .balign 4096
    .global builder_runner_program
    .global builder_runner_program_end
builder_runner_program:
    .incbin "builder-runner"
builder_runner_program_end:
    .byte 0
    .section .note.GNU-stack,"",%progbits

/* The page of builder report as it lies beside this file. */
    .section .rodata
    .global builder_report_page
    .global builder_report_page_end
builder_report_page:
    .incbin "builder/report/page.html"
builder_report_page_end:
    .section .note.GNU-stack, "", %progbits

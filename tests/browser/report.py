"""The page of builder report in Chromium: all of it is clicked through, with hostile names, and with 100,000 files.

report.py PROGRAM [FOLDER-FOR-SCREENSHOTS]: needs root, busybox-static and chromium.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from chromium import Page

FILES = 100_000
LONGEST_CLICK_MS = 100

program = os.path.abspath(sys.argv[1])
pictures = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else None
place = tempfile.mkdtemp(prefix='builder-report.')


def builder(*words, **options):
    line = [program, '--root', place + '/store', '--runroot', place + '/run', *words]
    result = subprocess.run(line, capture_output=True, text=True, check=False, **options)
    if result.returncode != 0:
        sys.exit(f'{" ".join(words)}: {result.stderr}')
    return result.stdout


def check(what, message):
    if not what:
        sys.exit('FAILED: ' + message)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def build(context):
    builder('build', '-q', '-t', 'it', '--build-arg', 'TOKEN=value-of-arg', context)


def report(name, *flags):
    path = f'{place}/{name}.html'
    builder('report', '-o', path, *flags)
    return path


def click_tab(page, name):
    page.run(f'document.querySelector("[data-tab={name}]").click()')
    check(page.run(f'document.querySelector("#tab-{name}") !== null'), f'the tab {name} does not open')
    if pictures:
        page.screenshot(f'{pictures}/{name}.png')


def hostile_context():
    context = place + '/context'
    write(context + '/src/main.c', 'int main() {}\n')
    write(context + '/<img src=x onerror=hacked=1>', 'html in a name')
    write(context + '/big', 'x' * 300_000)
    shutil.copy('/bin/busybox', context + '/busybox')
    write(context + '/Containerfile', '\n'.join([
        'FROM scratch AS tools', 'ARG TOKEN=1', 'ENV PASSPHRASE="value of env" B=2', 'COPY busybox /bin/busybox',
        'RUN ["/bin/busybox", "--install", "-s", "/bin"]',
        'RUN sleep 0.3; echo "</script><script>hacked=2</script>" # <!-- <b>bold</b>',
        'FROM tools', 'COPY . /src', 'RUN rm /src/big && echo more >>/src/src/main.c', '']))
    return context


def look_at_everything(page, context):
    build(context)
    write(context + '/src/main.c', 'int main() { return 1; }\n')
    build(context)
    path = report('page')
    text = open(path, encoding='utf-8').read()
    for value in ('value-of-arg', 'value of env'):
        check(value not in text, f'the report has the value {value!r} without --values')
    check('value of env' in open(report('values', '--values'), encoding='utf-8').read(), '--values shows none')
    page.open(path)
    check(page.run('typeof hacked') == 'undefined', 'a name in the data became part of the page')
    check(page.run('document.querySelectorAll("#tab-times .row").length') == 9, 'not each step has a row')
    check(page.run('document.querySelectorAll(".bar.critical").length') > 1, 'there is no critical path')
    page.run('[...document.querySelectorAll(".row")].find(row => row.textContent.includes("COPY . /src")).click()')
    check('src/main.c changed' in page.run('document.querySelector("#step").textContent'), 'the reason is not there')
    click_tab(page, 'times')
    click_tab(page, 'layers')
    check('300 kB' in page.run('document.querySelector("#wasted").textContent'), 'the deleted file is not counted as wasted')
    click_tab(page, 'files')
    page.run('[...document.querySelectorAll(".tree .file")].find(row => row.textContent.includes("src/")).click()')
    page.run('[...document.querySelectorAll(".tree .gone")].find(row => row.textContent.includes("big")).click()')
    told = page.run('document.querySelector("#file").textContent')
    check('made by [1 2/3] COPY . /src' in told and 'deleted by' in told, f'who made and deleted a file is not told: {told}')
    page.run('const s = document.querySelector("#search"); s.value = "main.c"; s.dispatchEvent(new Event("input"))')
    page.run('document.querySelector(".tree .file").click()')
    check('written again by' in page.run('document.querySelector("#file").textContent'), 'who overwrote a file is not told')
    if pictures:
        page.screenshot(pictures + '/search.png')
    click_tab(page, 'differences')
    check('/src/src/main.c' in page.run('document.querySelector("#differences").textContent'), 'the changed file is not among the differences')
    check(not page.complaints(), f'the console says: {page.complaints()}')


def with_many_files(page):
    context = place + '/many'
    for folder in range(FILES // 1000):
        os.makedirs(f'{context}/files/{folder}')
        for file in range(1000):
            os.close(os.open(f'{context}/files/{folder}/{file}', os.O_CREAT | os.O_WRONLY, 0o644))
    write(context + '/Containerfile', 'FROM scratch\nCOPY files /files\n')
    build(context)
    page.open(report('many'))
    count = page.run('data.files.length')
    check(count >= FILES, f'there are {count} files in the page')
    click = 'const begin = performance.now(); {}; document.body.offsetHeight; return performance.now() - begin'
    page.run('document.querySelector("[data-tab=files]").click()')
    find = '[...document.querySelectorAll(".tree .file")].find(row => row.textContent.includes("{}")).click()'
    for name, action in (('a folder', find.format('files/')), ('a folder of 1,000 files', find.format('42/')),
                         ('the rest of it', find.format('show them')), ('a file', find.format('123')), ('the search', 'const s = document.querySelector("#search"); s.value = "/77"; s.dispatchEvent(new Event("input"))'),
                         ('a tab', 'document.querySelector("[data-tab=layers]").click()'),
                         ('the files again', 'document.querySelector("[data-tab=files]").click()')):
        took = min(page.run('(() => {' + click.format(action) + '})()') for _ in range(1))
        print(f'{FILES} files: {name} takes {took:.0f} ms')
        check(took < LONGEST_CLICK_MS, f'{name} takes {took:.0f} ms')
    check(not page.complaints(), f'the console says: {page.complaints()}')


def main():
    page = Page()
    try:
        look_at_everything(page, hostile_context())
        with_many_files(page)
    finally:
        page.close()
        shutil.rmtree(place, ignore_errors=True)
    print('the page of the report works')


main()

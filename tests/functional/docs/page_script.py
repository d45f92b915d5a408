"""Prints the commands of a page as a script: page_script.py PAGE

Its lines are those of the page, so that bash names the page's line where a command fails; what is not in a block marked sh is
left empty. A block below <!-- fails --> must end with a status that is not 0. A block is not run if it is marked as another
language: bash for commands that need another machine or a registry of others, text for what is printed.
"""
import sys


def script(lines):
    fails = inside = False
    for number, line in enumerate(lines, 1):
        fence = line.startswith('```')
        if fence and inside:
            yield f') then echo "line {number}: this should have failed"; exit 1; fi' if inside == 'fails' else ''
            inside = False
        elif line == '```sh':
            inside = 'fails' if fails else 'runs'
            yield 'if (' if fails else ''
        else:
            if fence:
                inside = 'other'
            yield line if inside in ('runs', 'fails') else ''
        if line.strip() or fence:
            fails = line == '<!-- fails -->'
    if inside:
        raise SystemExit('a block is not closed')


if __name__ == '__main__':
    with open(sys.argv[1], encoding='utf-8') as page:
        print('\n'.join(script(page.read().splitlines())))

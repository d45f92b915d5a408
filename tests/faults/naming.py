"""Names of sites, for people."""
import re
import subprocess

SHOWN = 7


class Names:
    """Of the program's addresses; asked for all at once, as addr2line reads a large program each time."""

    def __init__(self, program):
        self.program, self.known = program, {}

    def learn(self, sites):
        addresses = sorted({frame for site in sites for frame in site.frames} - self.known.keys())
        if addresses:
            asked = '\n'.join(hex(address - 1) for address in addresses)
            lines = subprocess.run(['addr2line', '-C', '-f', '-s', '-e', self.program], input=asked, stdout=subprocess.PIPE, text=True,
                                   check=True).stdout.splitlines()
            for address, name, place in zip(addresses, lines[::2], lines[1::2]):
                self.known[address] = re.sub(r'\(.*', '', name).split('::')[-1] + '@' + place.split(' ')[0]

    def describe(self, site):
        """The call, what it was about, and the stack, innermost first, without what stands in no source file of ours."""
        self.learn([site])
        stack = [name for name in map(self.known.get, site.frames) if '?' not in name]
        return f'{site.call} {site.what} in {" < ".join(stack[:SHOWN])}'

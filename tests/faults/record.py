"""What has been struck, and what came of it: a file that only grows, so that a walk can be cut off and continued."""
import os

from outcome import digest_of

HIT, MISSED, FOUND = 'well', 'not reached', 'PROBLEM'


class Record:
    def __init__(self, folder, program):
        """Begins anew where it is about another program: its sites have other names."""
        self.path = f'{folder}/results'
        self.heading = f'program {digest_of(program)}\n'
        self.done = {}
        if os.path.exists(self.path):
            with open(self.path, encoding='utf-8') as file:
                lines = file.readlines()
            if lines[:1] == [self.heading]:
                # A last line that was cut off is done again.
                fields = [line[:-1].split('\t') for line in lines[1:] if line.endswith('\n')]
                self.done = {point: verdict for point, verdict, _ in fields}
            else:
                os.replace(self.path, self.path + '.of-another-program')
        is_new = not os.path.exists(self.path)
        self.file = open(self.path, 'a', encoding='utf-8')
        if is_new:
            self.file.write(self.heading)

    def add(self, point, problems, site):
        verdict = MISSED if problems is None else FOUND if problems else HIT
        text = ' | '.join([site, *problems]) if problems else ''
        self.file.write(f'{point}\t{verdict}\t{" ".join(text.split())}\n')
        self.file.flush()
        self.done[str(point)] = verdict
        return verdict

    def count(self, verdict):
        return sum(one == verdict for one in self.done.values())

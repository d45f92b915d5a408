"""Debian's Chromium without a window, driven over a pair of pipes (Chrome DevTools Protocol)."""
import json
import os
import shutil
import subprocess
import tempfile


class Page:
    def __init__(self):
        program = shutil.which('chromium')
        if program is None:
            raise FileNotFoundError('chromium is not installed')
        self.folder = tempfile.mkdtemp(prefix='builder-browser.')
        to_read, self.to_write = os.pipe()
        self.from_read, from_write = os.pipe()
        self.process = subprocess.Popen(
            ['sh', '-c', f'exec "$@" 3<&{to_read} 4>&{from_write}', 'sh', program, '--headless=new', '--no-sandbox',
             '--disable-gpu', '--disable-dev-shm-usage', '--remote-debugging-pipe', '--window-size=1280,900',
             f'--user-data-dir={self.folder}', 'about:blank'],
            pass_fds=(to_read, from_write), stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.number = 0
        self.rest = b''
        self.session = None
        self.events = []
        target = self.call('Target.createTarget', url='about:blank')['targetId']
        self.session = self.call('Target.attachToTarget', targetId=target, flatten=True)['sessionId']
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.call(domain + '.enable')

    def close(self):
        os.close(self.to_write)
        self.process.terminate()
        self.process.wait()
        os.close(self.from_read)
        shutil.rmtree(self.folder, ignore_errors=True)

    def read(self):
        """The next message."""
        while b'\0' not in self.rest:
            piece = os.read(self.from_read, 1 << 20)
            if not piece:
                raise EOFError('the browser has ended')
            self.rest += piece
        message, self.rest = self.rest.split(b'\0', 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {'id': self.number, 'method': method, 'params': parameters}
        if self.session:
            message['sessionId'] = self.session
        os.write(self.to_write, json.dumps(message).encode() + b'\0')
        while True:
            answer = self.read()
            if answer.get('id') == self.number:
                if 'error' in answer:
                    raise RuntimeError(f'{method}: {answer["error"]}')
                return answer['result']
            self.events.append(answer)

    def open(self, path):
        self.events.clear()
        self.call('Page.navigate', url='file://' + os.path.abspath(path))
        while not any(event.get('method') == 'Page.loadEventFired' for event in self.events):
            self.events.append(self.read())

    def run(self, script):
        """What an expression of JavaScript gives."""
        result = self.call('Runtime.evaluate', expression=script, returnByValue=True, awaitPromise=True)
        if 'exceptionDetails' in result:
            raise RuntimeError(f'{script}: {result["exceptionDetails"]}')
        return result['result'].get('value')

    def screenshot(self, path):
        import base64
        with open(path, 'wb') as file:
            file.write(base64.b64decode(self.call('Page.captureScreenshot', captureBeyondViewport=True)['data']))

    def complaints(self):
        """Errors and warnings of the console, and requests that left the page."""
        found = []
        for event in self.events:
            method, what = event.get('method'), event.get('params', {})
            if method == 'Runtime.exceptionThrown':
                found.append(json.dumps(what['exceptionDetails'])[:500])
            if method == 'Log.entryAdded' and what['entry']['level'] in ('error', 'warning'):
                found.append(what['entry']['text'])
            if method == 'Runtime.consoleAPICalled' and what['type'] in ('error', 'warning', 'assert'):
                found.append(json.dumps(what['args'])[:500])
            if method == 'Network.requestWillBeSent' and not what['request']['url'].startswith(('file:', 'data:')):
                found.append('it asks for ' + what['request']['url'])
        return found

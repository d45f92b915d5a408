"""How a registry, or the network before it, goes wrong: each lie changes the answer to one kind of request."""
import dataclasses
import socket
import struct
import time

from scripted_registry import digest_of

def reset(handler, _):
    """The connection is broken before anything is answered."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    handler.close_connection = True
    handler.connection.close()


def raw(*pieces, pause=0.0, seconds=0.0):
    """An answer that is no HTTP, or hardly one: the pieces, then the last again and again for so many seconds."""
    def answer(handler, _):
        handler.close_connection = True
        ends = time.monotonic() + seconds
        try:
            for piece in pieces:
                handler.connection.sendall(piece)
            while time.monotonic() < ends:
                time.sleep(pause)
                handler.connection.sendall(pieces[-1])
        except OSError:
            pass  # the client has gone, as it should
    return {'action': answer}


def flip(body):
    return bytes([body[0] ^ 1]) + body[1:] if body else b'?'


@dataclasses.dataclass(frozen=True)
class Lie:
    name: str
    rule: dict  # options of Rule
    passes: bool = False  # whether the same request succeeds when it is sent again
    claims: bool = False  # whether it says that what was sent is there, which nobody can see through


def status(number, body=b'', **headers):
    named = {name.replace('_', '-'): value for name, value in headers.items()}
    return {'status': number, 'body': body, 'headers': named}


ERROR = b'{"errors": [{"code": "DENIED", "message": "not\\u001b[31m today"}]}'
ENDED = b'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nContent-Type: application/json\r\n\r\n'
LIES = [
    Lie('the connection is reset', {'action': reset}, passes=True),
    Lie('cut before the body', {'cut': 0}, passes=True),
    Lie('cut in the body', {'cut': 20}, passes=True),
    Lie('cut in the head', raw(b'HTTP/1.1 200 OK\r\nContent-Le'), passes=True),
    Lie('a body of a megabyte ends early', raw(ENDED, b'{}'), claims=True),
    Lie('another body', {'change': flip}),
    Lie('no body', {'change': lambda _: b''}),
    Lie('more behind the body', {'change': lambda body: body + b'more'}),
    Lie('a body of zeroes', {'change': lambda body: bytes(len(body))}),
    Lie('another digest is announced', {'headers': {'Docker-Content-Digest': digest_of(b'other')}}),
    Lie('a digest that is none', {'headers': {'Docker-Content-Digest': 'sha256:../../etc'}}),
    Lie('400', status(400, ERROR)),
    Lie('401 without a challenge', status(401, ERROR)),
    Lie('401 with a broken challenge', status(401, ERROR, WWW_Authenticate='Bearer realm="')),
    Lie('401 with a challenge in a circle', status(401, ERROR, WWW_Authenticate='Basic realm="it"')),
    Lie('403', status(403, b'<html>no</html>')),
    Lie('404', status(404, ERROR)),
    Lie('408', status(408), passes=True),
    Lie('416', status(416)),
    Lie('418 with a megabyte', status(418, b'x' * 1000000)),
    Lie('429', status(429, ERROR, Retry_After='0'), passes=True),
    Lie('500', status(500, ERROR), passes=True),
    Lie('503', status(503, b'', Retry_After='0'), passes=True),
    Lie('204', status(204), claims=True),
    Lie('206', status(206, b'part', Content_Range='bytes 0-3/9'), claims=True),
    Lie('304', status(304)),
    Lie('a redirect in a circle', status(307, b'', Location='/v2/circle')),
    Lie('a redirect nowhere', status(307, b'', Location='http://127.0.0.1:1/')),
    Lie('a redirect to a file', status(307, b'', Location='file:///etc/passwd')),
    Lie('a redirect without a place', status(307)),
    Lie('no HTTP', raw(b'SSH-2.0-OpenSSH_9.2\r\n')),
    Lie('head without end', raw(b'HTTP/1.1 200 OK\r\n', b'X-More: ' + b'x' * 4000 + b'\r\n', seconds=20)),
    Lie('two lengths', raw(b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello'), claims=True),
    Lie('a length below zero', raw(b'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello')),
    Lie('broken chunks', raw(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n'), claims=True),
]

# What takes the client its whole patience: for each request once, not with everything else.
STALLS = [
    Lie('nothing is answered', raw(b'', pause=1, seconds=200)),
    Lie('the head comes byte by byte', raw(b'HTTP/1.1 200 OK\r\nX-Slow: ', b'x', pause=1, seconds=200)),
    Lie('the body comes byte by byte', raw(ENDED, b' ', pause=1, seconds=200), claims=True),
]

"""A mail sink that costs next to nothing, so that the sender is measured: takes every mail, keeps none."""

import socketserver
import sys
import threading

HELLO = b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Answer each command; after DATA read up to the lone dot."""
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
            self.wfile.write(HELLO if verb == b"EHLO" else b"221 bye\r\n" if verb == b"QUIT" else b"250 OK\r\n")
            if verb == b"QUIT":
                return


class Server(socketserver.ThreadingTCPServer):
    """Any number of connections."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64


def serve() -> None:
    """Serve until standard input ends; the address is the first line of output."""
    with Server(("127.0.0.1", 0), Session) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"smtp://127.0.0.1:{server.server_address[1]}", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    serve()

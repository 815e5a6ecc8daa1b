"""A RabbitMQ node of one's own on loopback: own folder, ports, cookie and name; never the system's service."""

import os
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Final

from cxsurvey.processes.servers import free_port
from cxsurvey.processes.spawn import Spec

PROGRAM: Final = shutil.which("rabbitmq-server") or "/usr/lib/rabbitmq/bin/rabbitmq-server"
START_SECONDS: Final = 120
URL: Final = "amqp://guest:guest@127.0.0.1:{port}//"  # RabbitMQ's own account, which only loopback may use


def is_installed() -> bool:
    return Path(PROGRAM).exists()


def node(home: Path, log: Path) -> tuple[Spec, Spec, int]:
    """How to start its name server and the node, and the port of AMQP. Started again it keeps its queues."""
    folder = home / "rabbit"
    folder.mkdir(mode=0o700)
    port, distribution, mapper = free_port(), free_port(), free_port()
    # The name server that a node starts for itself would outlive it: ours runs in the foreground, on its own port.
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{port}\nlog.console.level = error\nlog.file = false\nlog.console = true\n"
        "vm_memory_high_watermark.relative = 0.2\ndisk_free_limit.absolute = 50MB\n"
    )
    (folder / "enabled_plugins").write_text("[].\n")
    (folder / ".erlang.cookie").write_text(secrets.token_hex(20))
    (folder / ".erlang.cookie").chmod(0o400)
    environ = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "RABBITMQ_NODENAME": f"cxsurvey{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        "ERL_EPMD_PORT": str(mapper),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1",
    }
    names = Spec("epmd", (_names(), "-address", "127.0.0.1", "-port", str(mapper)), environ, log)
    return names, Spec("broker", (_binary(),), environ, log, cwd=str(folder)), port


def wait_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Return when it answers to the protocol's greeting."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as line:
                line.sendall(b"AMQP\x00\x00\x09\x01")
                if line.recv(8):
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("RabbitMQ did not start.")


def _names() -> str:
    return shutil.which("epmd") or "epmd"


def _binary() -> str:
    """The server's script below /usr/lib: the one in PATH insists on the system's account."""
    inner = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    return str(inner if inner.exists() else PROGRAM)

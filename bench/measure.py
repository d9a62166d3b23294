"""Runs one program and says what it took: measure.py OUTPUT INPUT|- PROGRAM ARGUMENT…

The program's standard output goes to the file OUTPUT. With an INPUT the program reads `cat INPUT` through a pipe. The
last line of standard output is {"status", "wall", "cpu", "peak"}: seconds, and bytes. wait4() gives CPU (user and
system) and the greatest resident size of this one process, its start included, with the children that it waited for;
cat is not part of it.
"""
import json
import os
import signal
import sys
import time

output, piped, *command = sys.argv[1:]


def start(program, stdin, stdout):
    actions = [(os.POSIX_SPAWN_DUP2, stdin, 0), (os.POSIX_SPAWN_DUP2, stdout, 1)]
    # Python ignores SIGPIPE; a program must not inherit that.
    return os.posix_spawnp(program[0], program, os.environ, file_actions=actions, setsigdef=[signal.SIGPIPE])


target = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
cat = None
if piped == "-":
    stdin = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
else:
    stdin, feed = os.pipe()
    cat = start(["cat", piped], os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC), feed)
    os.close(feed)
began = time.perf_counter()
pid = start(command, stdin, target)
os.close(stdin)
# Whoever stops this means the program; SIGUSR1 ends it at once.
signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGTERM))
signal.signal(signal.SIGUSR1, lambda *_: os.kill(pid, signal.SIGKILL))
_, status, usage = os.wait4(pid, 0)
wall = time.perf_counter() - began
if cat is not None:
    os.waitpid(cat, 0)
print(
    json.dumps(
        {
            "status": os.waitstatus_to_exitcode(status),
            "wall": wall,
            "cpu": usage.ru_utime + usage.ru_stime,
            "peak": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        }
    )
)

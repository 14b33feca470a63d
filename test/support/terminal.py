"""Runs a program at a terminal of its own: terminal.py COLUMNS PROGRAM [ARGUMENT...].

What comes on standard input is typed at the terminal; its end closes the terminal. What the program
shows goes to standard output, and its exit status (128 + n after signal n), last, to standard error.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios


def main(columns, program):
    child, terminal = pty.fork()
    if child == 0:
        # Whoever reads this on standard input starts the program, once the terminal has its width.
        os.read(0, 1)
        os.execvp(program[0], program)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.write(terminal, b"\n")
    pass_on(terminal)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sys.stderr.write(str(128 - status if status < 0 else status))


def pass_on(terminal):
    while True:
        readable, _, _ = select.select([0, terminal], [], [])
        if terminal in readable:
            try:
                shown = os.read(terminal, 65536)
            except OSError:  # EIO: the last program at the terminal has ended.
                return
            if not shown:
                return
            os.write(1, shown)
        if 0 in readable:
            typed = os.read(0, 1024)
            if not typed:
                os.close(terminal)
                return
            os.write(terminal, typed)


main(int(sys.argv[1]), sys.argv[2:])

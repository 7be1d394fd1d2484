"""Runs a program on a terminal of its own: argv[1] is what to type once argv[2] is seen; the rest is the program."""
import fcntl, os, pty, select, struct, sys, termios, time

typed, seen, command = sys.argv[1].encode().decode("unicode_escape").encode(), sys.argv[2].encode(), sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    # Before the program could ask for it.
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 70, 0, 0))
    os.execv(command[0], command)
output, deadline = b"", time.monotonic() + 55
while time.monotonic() < deadline:
    if terminal not in select.select([terminal], [], [], 0.2)[0]:
        continue
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    output += chunk
    if typed and seen in output:
        os.write(terminal, typed)
        typed = b""
else:
    os.kill(pid, 9)
sys.stdout.buffer.write(output)
sys.stdout.flush()
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
# As shells have it.
sys.exit(128 - code if code < 0 else code)

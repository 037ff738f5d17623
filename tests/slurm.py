"""A cluster of one machine for a test: munged, slurmctld and slurmd on loopback, with all their files in a temporary folder."""

import os
import secrets
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from tests.peers import peer

CONFIGURATION = """
ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={daemon_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
MaxArraySize={largest}
SchedulerParameters=batch_sched_delay=1,sched_interval=2
NodeName=localhost NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes=localhost Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
"""
DAEMONS = """
cd {folder}
exec > daemons.out 2>&1
munged -F -f --key-file=munge.key --socket=munge.socket --pid-file=munged.pid --log-file=munged.log --seed-file=munge.seed &
while ! [ -S munge.socket ]; do sleep 0.1; done
slurmctld -D -c -f slurm.conf &
slurmd -D -N localhost -f slurm.conf &
wait
"""
# A process namespace of their own, whose first process dies with us: then everything in it dies.
DIE_WITH_US = ("setpriv", "--pdeathsig", "KILL")
TOGETHER = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")


class NoSlurm(Exception):
    """Slurm does not start on this machine, with its own words."""


@contextmanager
def cluster(largest=101):
    """Slurm on two cores; yields environment variables that let `peer("sbatch", ...)` and the like use it. Raises NoSlurm."""
    folder = Path(tempfile.mkdtemp(prefix="slurm-"))  # its name is short enough for a socket
    cleaner = remove_later(folder)
    configure(folder, largest)
    script = folder / "daemons.sh"
    script.write_text(DAEMONS.format(folder=folder))
    daemons = subprocess.Popen([*DIE_WITH_US, *peer(*TOGETHER, "sh", script)], env=os.environ | in_use(folder))
    try:
        wait_until_idle(folder, daemons)
        yield in_use(folder)
    finally:
        daemons.kill()
        daemons.wait()
        cleaner.communicate()


def remove_later(folder):
    """Removes the folder when its input ends: by our hand, or because we were killed."""
    script = 'cat; while ! rm -rf "$0"; do sleep 1; done'  # the daemons may take a moment to die
    return subprocess.Popen(["sh", "-c", script, folder], stdin=subprocess.PIPE, start_new_session=True)


def configure(folder, largest):
    """Key and configuration."""
    for name in ("state", "spool"):
        (folder / name).mkdir()
    (folder / "munge.key").write_bytes(secrets.token_bytes(1024))
    (folder / "munge.key").chmod(0o400)
    user = subprocess.run(["id", "-un"], capture_output=True, text=True).stdout.strip()
    first, second = free_ports()
    text = CONFIGURATION.format(folder=folder, user=user, controller_port=first, daemon_port=second, largest=largest)
    (folder / "slurm.conf").write_text(text)
    (folder / "cgroup.conf").write_text("CgroupPlugin=disabled\n")


def in_use(folder):
    """Variables that let commands talk to this cluster."""
    return {"SLURM_CONF": str(folder / "slurm.conf")}


def wait_until_idle(folder, daemons):
    """Until the machine takes jobs. Raises NoSlurm."""
    deadline = time.time() + 300
    while time.time() < deadline and daemons.poll() is None:
        seen = subprocess.run(
            peer("sinfo", "--noheader", "--format=%T"), env=os.environ | in_use(folder), capture_output=True, text=True
        )
        if seen.stdout.strip() == "idle":
            return
        time.sleep(0.5)
    log = folder / "daemons.out"
    raise NoSlurm(log.read_text()[-500:] if log.exists() else "no process namespaces here")


def free_ports():
    """Two ports of this machine that nobody uses."""
    with socket.socket() as one, socket.socket() as two:
        for taken in (one, two):
            taken.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]
